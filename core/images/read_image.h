#pragma once

#include "core/images/image.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace mergarium {

/// What a picture may have at most. Its file is read as a whole, and decoded to three bytes a pixel.
struct ImageLimits {
    std::size_t bytes = 256 << 20;
    std::size_t pixels = 100'000'000;
};

/// Reads a PNG, a JPEG or a WebP file, which strangers may have made: told apart by their first bytes, whatever the
/// name. 16 bits become 8, what is transparent lies on white, CMYK becomes RGB as it does in Pillow, and the picture is
/// turned as its EXIF orientation says; colour profiles are not applied. Size and pixels are checked before memory is
/// taken. Throws std::runtime_error with one sentence that names the file; a picture that ends early or whose data are
/// damaged is refused. Any thread.
Image readImage(const std::filesystem::path& path, const ImageLimits& limits = {});

/// The same of a file in memory, which messages call `name`.
Image decodeImage(std::span<const std::byte> bytes, std::string_view name, const ImageLimits& limits = {});

}  // namespace mergarium
