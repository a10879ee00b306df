#pragma once

#include "core/images/encoded_picture.h"
#include "core/images/image.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// What a PNG says of itself: a tEXt chunk, or an iTXt chunk where the text is not all ASCII.
struct PngText {
    /// 1 to 79 letters of ASCII: "prompt".
    std::string key;
    /// UTF-8.
    std::string text;
};

/// A PNG file with 8 bits each of red, green and blue: the same bytes for the same picture and texts. Throws
/// std::invalid_argument where the picture is empty or its size isn't that of its pixels. Any thread.
std::vector<std::byte> encodePng(const Image& image, std::span<const PngText> texts = {});

/// The same as a file, whole or not at all. Throws std::runtime_error with one sentence that names the file.
void writePng(const std::filesystem::path& path, const Image& image, std::span<const PngText> texts = {});

/// A WebP file of at most 16,383 pixels a side, of a quality of 0 to 99, or 100: without loss. Throws as encodePng
/// does. Any thread.
std::vector<std::byte> encodeWebp(const Image& image, int quality);

/// What a thumbnail may have at most.
struct ThumbnailBounds {
    /// Pixels of the longer side; smaller pictures keep their size.
    std::size_t side = kThumbnailSide;
    std::size_t bytes = kThumbnailBytes;
};

/// A picture made small, as a WebP file: without loss where that fits, else of the best of a few qualities that does.
/// Where none does it becomes smaller still. Throws as encodePng does. Any thread.
EncodedPicture thumbnailOf(const Image& image, const ThumbnailBounds& bounds = {});

}  // namespace mergarium
