#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mergarium {

/// The longer side of pictures that are kept as thumbnails, in pixels, and the most bytes that one may have.
constexpr std::uint32_t kThumbnailSide = 256;
constexpr std::size_t kThumbnailBytes = 32 * 1024;

/// A picture as a file holds it, PNG or WebP.
struct EncodedPicture {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    /// Empty: there is no picture.
    std::vector<std::uint8_t> bytes;
    bool operator==(const EncodedPicture&) const = default;
};

/// What a model painted, one thumbnail per training sample. Immutable.
using PicturesPtr = std::shared_ptr<const std::vector<EncodedPicture>>;

}  // namespace mergarium
