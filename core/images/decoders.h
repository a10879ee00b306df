#pragma once

#include "core/images/image.h"
#include "core/images/read_image.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mergarium::images {

/// A picture as a library decodes it.
struct Decoded {
    std::size_t width = 0;
    std::size_t height = 0;
    /// 3: red, green, blue; 4: with how opaque it is.
    std::size_t channels = 3;
    std::vector<std::uint8_t> pixels = {};
    /// Of EXIF, 1 to 8.
    int orientation = 1;
};

/// Each throws std::runtime_error with what is wrong, in lower case and without a full stop.
Decoded decodePng(std::span<const std::byte> file, const ImageLimits& limits);
Decoded decodeJpeg(std::span<const std::byte> file, const ImageLimits& limits);
Decoded decodeWebp(std::span<const std::byte> file, const ImageLimits& limits);

/// Throws likewise where there are no pixels, or more than there may be.
void requirePixels(std::uint64_t width, std::uint64_t height, const ImageLimits& limits);

/// What EXIF data, a TIFF file, say of how a picture is to be turned; 1 where they say nothing or can't be read.
int orientationIn(std::span<const std::byte> exif);

/// Turned as EXIF's orientation says: "CIPA DC-008, Exif", tag 274.
Image turned(Image image, int orientation);

}  // namespace mergarium::images
