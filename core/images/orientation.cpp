#include "core/images/decoders.h"

#include <array>
#include <string_view>

namespace mergarium::images {
namespace {

/// Numbers of a TIFF file, in the order of bytes that it says.
class Tiff {
public:
    explicit Tiff(std::span<const std::byte> bytes) : bytes_(bytes) {}

    bool begins() {
        if (bytes_.size() < 8) return false;
        const auto first = at(0), second = at(1);
        bigEndian_ = first == 'M';
        return first == second && (first == 'M' || first == 'I') && shortAt(2) == 42;
    }
    /// 0 beyond the end.
    std::uint32_t shortAt(std::uint64_t place) const {
        const auto low = at(place + (bigEndian_ ? 1 : 0)), high = at(place + (bigEndian_ ? 0 : 1));
        return low | high << 8;
    }
    std::uint32_t longAt(std::uint64_t place) const {
        const auto first = shortAt(place), second = shortAt(place + 2);
        return bigEndian_ ? first << 16 | second : second << 16 | first;
    }

private:
    std::uint32_t at(std::uint64_t place) const {
        return place < bytes_.size() ? std::to_integer<std::uint32_t>(bytes_[place]) : 0;
    }

    std::span<const std::byte> bytes_;
    bool bigEndian_ = false;
};

}  // namespace

int orientationIn(std::span<const std::byte> exif) {
    constexpr std::uint32_t kOrientation = 274, kShort = 3, kEntryBytes = 12;
    constexpr std::array<char, 6> kMark{'E', 'x', 'i', 'f', 0, 0};
    if (exif.size() > kMark.size() &&
        std::string_view(reinterpret_cast<const char*>(exif.data()), kMark.size()) == std::string_view(kMark.data(), 6))
        exif = exif.subspan(kMark.size());
    Tiff tiff(exif);
    if (!tiff.begins()) return 1;
    const std::uint64_t directory = tiff.longAt(4);
    const auto entries = tiff.shortAt(directory);
    for (std::uint32_t i = 0; i < entries; ++i) {
        const auto entry = directory + 2 + std::uint64_t{kEntryBytes} * i;
        if (entry >= exif.size()) break;
        if (tiff.shortAt(entry) != kOrientation || tiff.shortAt(entry + 2) != kShort) continue;
        const auto value = tiff.shortAt(entry + 8);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

Image turned(Image image, int orientation) {
    if (orientation <= 1 || orientation > 8) return image;
    const bool swapped = orientation >= 5;
    const bool fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool fromBelow = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    Image result{
        .width = swapped ? image.height : image.width, .height = swapped ? image.width : image.height, .pixels = {}};
    result.pixels.resize(image.pixels.size());
    auto* to = result.pixels.data();
    for (std::size_t y = 0; y < result.height; ++y)
        for (std::size_t x = 0; x < result.width; ++x) {
            // In the picture as it is stored.
            auto column = swapped ? y : x, row = swapped ? x : y;
            if (fromRight) column = image.width - 1 - column;
            if (fromBelow) row = image.height - 1 - row;
            const auto* from = image.pixels.data() + 3 * (row * image.width + column);
            for (int channel = 0; channel < 3; ++channel) *to++ = *from++;
        }
    return result;
}

}  // namespace mergarium::images
