#pragma once

#include "core/images/image.h"

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

namespace mergarium {

/// How a picture becomes what CLIP's vision network reads: preprocessor_config.json, as CLIPImageProcessor of
/// transformers takes it. By default what CLIP was trained with (Radford et al., 2021).
struct ClipPreprocessing {
    /// The shorter side becomes this long, the longer one in proportion, rounded down; 0: the picture keeps its size.
    std::size_t shortestEdge = 224;
    /// Instead of `shortestEdge`: width and height, whatever the proportions.
    std::optional<std::array<std::size_t, 2>> exactSize = {};
    /// Width and height that are cut out of the middle; without: nothing is.
    std::optional<std::array<std::size_t, 2>> crop = {{224, 224}};
    /// What 8-bit values are multiplied with.
    double scale = 1.0 / 255.0;
    /// Of red, green and blue.
    std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
    std::array<double, 3> deviation{0.26862954, 0.26130258, 0.27577711};
    bool operator==(const ClipPreprocessing&) const = default;
};

/// Reads preprocessor_config.json of a model's folder; where there is none, CLIP's own preprocessing for a network of
/// `imageSize` pixels a side. Throws std::runtime_error with one sentence that names file and key, for what isn't
/// supported too.
ClipPreprocessing readClipPreprocessing(const std::filesystem::path& folder, std::size_t imageSize);

/// A picture of the size that the network reads, as 8-bit values: resized and cut. Throws std::runtime_error where the
/// resized picture is smaller than what is cut out of it.
Image cutForClip(const Image& image, const ClipPreprocessing& preprocessing);

/// (value * scale - mean) / deviation of cutForClip's picture: [3, height, width], red first.
std::vector<float> clipPixels(const Image& image, const ClipPreprocessing& preprocessing);

}  // namespace mergarium
