#include "tools/images_demo/drawings.h"

#include "core/random/random_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace mergarium::images_demo {
namespace {

using Colour = std::array<double, 3>;

/// Beside each other on a screen they are easily told apart.
constexpr Colour kPaints[] = {{220, 40, 40}, {50, 170, 70}, {50, 90, 220}, {240, 205, 60}};

/// Per pixel and side.
constexpr int kSubpixels = 4;

/// Whether a point is in a shape of radius 1 around the origin; y points down.
bool isIn(std::size_t shape, double x, double y) {
    const double distance = std::hypot(x, y);
    switch (shape) {
        case 0: return distance < 1.0;
        case 1: return y < 0.75 && y > 1.9 * std::abs(x) - 1.05;
        default: return std::max(std::abs(x), std::abs(y)) < 1.0 && std::min(std::abs(x), std::abs(y)) < 0.32;
    }
}

}  // namespace

std::string captionOf(const Scene& scene) {
    return fmt::format("a {} {} on a {} background", kColours[scene.colour], kShapes[scene.shape],
                       kColours[scene.background]);
}

std::vector<Scene> allScenes() {
    std::vector<Scene> scenes;
    for (std::size_t shape = 0; shape < std::size(kShapes); ++shape)
        for (std::size_t colour = 0; colour < std::size(kColours); ++colour)
            for (std::size_t background = 0; background < std::size(kColours); ++background)
                if (background != colour) scenes.push_back({shape, colour, background});
    return scenes;
}

Image draw(const Scene& scene, std::uint64_t seed) {
    RandomStream random(seed, 0, Purpose::FounderWeights);
    const auto around = [&](double middle, double reach) { return middle + reach * (2.0 * random.uniform() - 1.0); };
    const double x = around(kSide / 2.0, 1.5), y = around(kSide / 2.0, 1.5), radius = around(kSide * 0.33, 1.0);
    Image image{.width = kSide, .height = kSide, .pixels = {}};
    for (std::size_t row = 0; row < kSide; ++row)
        for (std::size_t column = 0; column < kSide; ++column) {
            int inside = 0;
            for (int i = 0; i < kSubpixels * kSubpixels; ++i) {
                const double px = static_cast<double>(column) + (i % kSubpixels + 0.5) / kSubpixels;
                const double py = static_cast<double>(row) + (i / kSubpixels + 0.5) / kSubpixels;
                inside += isIn(scene.shape, (px - x) / radius, (py - y) / radius);
            }
            const double share = static_cast<double>(inside) / (kSubpixels * kSubpixels);
            for (std::size_t channel = 0; channel < 3; ++channel)
                image.pixels.push_back(static_cast<std::uint8_t>(std::lround(
                    share * kPaints[scene.colour][channel] + (1.0 - share) * kPaints[scene.background][channel])));
        }
    return image;
}

}  // namespace mergarium::images_demo
