#include "core/images/encoded_picture.h"

#include <algorithm>
#include <string_view>

namespace mergarium {
namespace {

using Bytes = std::span<const std::byte>;

bool hasAt(Bytes bytes, std::size_t position, std::string_view text) {
    return bytes.size() >= position + text.size() &&
           std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(position),
                      [](char one, std::byte other) { return static_cast<std::byte>(one) == other; });
}

std::uint32_t littleEndian(Bytes bytes, std::size_t position, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = count; i > 0; --i)
        value = value << 8 | std::to_integer<std::uint32_t>(bytes[position + i - 1]);
    return value;
}

std::uint32_t bigEndian(Bytes bytes, std::size_t position) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[position + i]);
    return value;
}

/// RFC 9649, section 2: the first chunk of a lossy, a lossless or an extended file.
std::optional<PictureSize> sizeOfWebP(Bytes bytes) {
    if (bytes.size() < 30) return std::nullopt;
    if (hasAt(bytes, 12, "VP8 ") && hasAt(bytes, 23, "\x9d\x01\x2a"))
        return PictureSize{littleEndian(bytes, 26, 2) & 0x3fff, littleEndian(bytes, 28, 2) & 0x3fff};
    if (hasAt(bytes, 12, "VP8L") && bytes[20] == std::byte{0x2f}) {
        const auto bits = littleEndian(bytes, 21, 4);
        return PictureSize{(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
    }
    if (hasAt(bytes, 12, "VP8X")) return PictureSize{littleEndian(bytes, 24, 3) + 1, littleEndian(bytes, 27, 3) + 1};
    return std::nullopt;
}

}  // namespace

std::optional<PictureSize> sizeInHeader(std::span<const std::byte> bytes) {
    using namespace std::string_view_literals;
    if (hasAt(bytes, 0, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv) && bytes.size() >= 24)
        return PictureSize{bigEndian(bytes, 16), bigEndian(bytes, 20)};
    if (hasAt(bytes, 0, "RIFF") && hasAt(bytes, 8, "WEBP")) return sizeOfWebP(bytes);
    return std::nullopt;
}

bool isThumbnail(const EncodedPicture& picture) {
    const auto fits = [](std::uint32_t side) { return side > 0 && side <= kThumbnailSide; };
    return picture.bytes.size() <= kThumbnailBytes && fits(picture.width) && fits(picture.height) &&
           sizeInHeader(picture.bytes) == PictureSize{picture.width, picture.height};
}

std::size_t bytesOf(std::span<const EncodedPicture> pictures) {
    std::size_t total = 0;
    for (const auto& picture : pictures) total += picture.bytes.size();
    return total;
}

void keepWithinBounds(std::vector<EncodedPicture>& pictures) {
    std::size_t total = 0;
    for (auto& picture : pictures) {
        if (isThumbnail(picture) && total + picture.bytes.size() <= kThumbnailsBytes)
            total += picture.bytes.size();
        else
            picture = {};
    }
}

}  // namespace mergarium
