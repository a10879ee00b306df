#include "core/images/read_image.h"

#include "core/files/excerpt.h"
#include "core/files/text_file.h"
#include "core/images/decoders.h"

#include <fmt/format.h>

#include <cstdint>
#include <new>
#include <stdexcept>

namespace mergarium {
namespace images {

void requirePixels(std::uint64_t width, std::uint64_t height, const ImageLimits& limits) {
    if (width == 0 || height == 0) throw std::runtime_error("it has no pixels");
    if (width > limits.pixels / height)
        throw std::runtime_error(
            fmt::format("{} x {} pixels are more than {} megapixels", width, height, limits.pixels / 1'000'000));
}

namespace {

struct Format {
    std::string_view name;
    /// What such a file begins with; a dot is any byte.
    std::string_view beginning;
    Decoded (*decode)(std::span<const std::byte>, const ImageLimits&);
};
constexpr Format kFormats[] = {{"PNG", "\x89PNG\r\n\x1a\n", &decodePng},
                               {"JPEG", "\xff\xd8\xff", &decodeJpeg},
                               {"WebP", "RIFF....WEBP", &decodeWebp}};

bool beginsWith(std::span<const std::byte> bytes, std::string_view beginning) {
    if (bytes.size() < beginning.size()) return false;
    for (std::size_t i = 0; i < beginning.size(); ++i)
        if (beginning[i] != '.' && static_cast<char>(bytes[i]) != beginning[i]) return false;
    return true;
}

/// On white.
Image opaque(Decoded decoded) {
    Image image{.width = decoded.width, .height = decoded.height, .pixels = std::move(decoded.pixels)};
    if (decoded.channels == 3) return image;
    auto* to = image.pixels.data();
    for (const auto *from = to, *end = to + image.pixels.size(); from < end; from += 4)
        for (int channel = 0; channel < 3; ++channel)
            *to++ = static_cast<std::uint8_t>((from[channel] * from[3] + 255 * (255 - from[3]) + 127) / 255);
    image.pixels.resize(3 * image.width * image.height);
    return image;
}

}  // namespace
}  // namespace images

Image decodeImage(std::span<const std::byte> bytes, std::string_view name, const ImageLimits& limits) {
    for (const auto& format : images::kFormats) {
        if (!images::beginsWith(bytes, format.beginning)) continue;
        try {
            auto decoded = format.decode(bytes, limits);
            const auto orientation = decoded.orientation;
            return images::turned(images::opaque(std::move(decoded)), orientation);
        } catch (const std::bad_alloc&) {
            throw std::runtime_error(fmt::format("{}: there is not enough memory for this picture.", name));
        } catch (const std::runtime_error& error) {
            throw std::runtime_error(
                fmt::format("{}: this {} can't be read: {}.", name, format.name, excerptOf(error.what())));
        }
    }
    throw std::runtime_error(fmt::format("{}: this is neither a PNG, a JPEG nor a WebP file.", name));
}

Image readImage(const std::filesystem::path& path, const ImageLimits& limits) {
    const auto bytes = readFile(path, limits.bytes);
    return decodeImage(std::as_bytes(std::span(bytes)), path.string(), limits);
}

}  // namespace mergarium
