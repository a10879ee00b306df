#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mergarium {

/// A picture in colour: 8 bits each of red, green and blue, row by row from the top.
struct Image {
    std::size_t width = 0;
    std::size_t height = 0;
    /// 3 * width * height.
    std::vector<std::uint8_t> pixels;
    bool operator==(const Image&) const = default;
};

}  // namespace mergarium
