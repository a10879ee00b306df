#pragma once

#include "core/images/image.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::images_demo {

inline constexpr std::string_view kShapes[] = {"circle", "triangle", "cross"};
inline constexpr std::string_view kColours[] = {"red", "green", "blue", "yellow"};

/// Pixels of a drawing's side.
inline constexpr std::size_t kSide = 32;

/// What a drawing shows: indexes into kShapes and kColours; the background is of another colour than the shape.
struct Scene {
    std::size_t shape = 0;
    std::size_t colour = 0;
    std::size_t background = 1;
    bool operator==(const Scene&) const = default;
};

/// "a red circle on a blue background"
std::string captionOf(const Scene& scene);

/// All there are, in a fixed order.
std::vector<Scene> allScenes();

/// The scene, its shape moved and sized a little by `seed`.
Image draw(const Scene& scene, std::uint64_t seed);

}  // namespace mergarium::images_demo
