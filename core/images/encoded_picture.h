#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mergarium {

/// The longer side of pictures that are kept as thumbnails, in pixels; the most bytes that one may have, and all of one
/// model together.
constexpr std::uint32_t kThumbnailSide = 256;
constexpr std::size_t kThumbnailBytes = std::size_t{16} << 10;
constexpr std::size_t kThumbnailsBytes = std::size_t{2} << 20;
/// Bytes of pictures that a run keeps of members that have left its archive.
constexpr std::size_t kDepartedBytes = std::size_t{64} << 20;

/// A picture as a file holds it, PNG or WebP.
struct EncodedPicture {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    /// Empty: there is no picture.
    std::vector<std::byte> bytes;
    bool operator==(const EncodedPicture&) const = default;
};

/// What a model painted, one thumbnail per training sample. Immutable.
using PicturesPtr = std::shared_ptr<const std::vector<EncodedPicture>>;

struct PictureSize {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool operator==(const PictureSize&) const = default;
};

/// What the header of a PNG or WebP file says; absent where these bytes begin with none.
std::optional<PictureSize> sizeInHeader(std::span<const std::byte> bytes);

/// Whether it has bytes, and these are within the bounds above and begin as a picture of its size does.
bool isThumbnail(const EncodedPicture& picture);

/// Bytes of all.
std::size_t bytesOf(std::span<const EncodedPicture> pictures);

/// Takes their bytes from those that aren't thumbnails, and from the last ones where all together have more than
/// kThumbnailsBytes.
void keepWithinBounds(std::vector<EncodedPicture>& pictures);

}  // namespace mergarium
