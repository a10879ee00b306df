#include "core/images/encode_image.h"

#include "core/files/whole_file.h"
#include "core/images/resize.h"

#include <fmt/format.h>
#include <png.h>
#include <webp/encode.h>

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

void requireWhole(const Image& image) {
    if (image.width == 0 || image.height == 0 || image.pixels.size() / 3 / image.height != image.width ||
        image.pixels.size() != 3 * image.width * image.height)
        throw std::invalid_argument("A picture's size isn't that of its pixels.");
}

/// libpng leaves its functions with longjmp: nothing that has a destructor may live in those that call it.
class PngWriting {
public:
    PngWriting() {
        png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, this, &onError, nullptr);
        info_ = png_ ? png_create_info_struct(png_) : nullptr;
        if (!info_) {
            png_destroy_write_struct(&png_, nullptr);
            throw std::bad_alloc();
        }
        png_set_write_fn(png_, this, &onWrite, nullptr);
    }
    ~PngWriting() { png_destroy_write_struct(&png_, &info_); }
    PngWriting(const PngWriting&) = delete;
    PngWriting& operator=(const PngWriting&) = delete;

    std::vector<std::byte> encode(const Image& image, std::span<const PngText> texts) {
        for (const auto& [key, text] : texts) {
            const bool plain = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
            png_text one{};
            one.compression = plain ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
            one.key = const_cast<char*>(key.c_str());
            one.text = const_cast<char*>(text.c_str());
            one.lang = one.lang_key = const_cast<char*>("");
            texts_.push_back(one);
        }
        if (!write(image)) throw std::invalid_argument(fmt::format("A picture can't be made a PNG: {}.", message_));
        return std::move(bytes_);
    }

private:
    static void onWrite(png_structp png, png_bytep from, std::size_t size) {
        auto& self = *static_cast<PngWriting*>(png_get_io_ptr(png));
        const auto* bytes = reinterpret_cast<const std::byte*>(from);
        try {
            self.bytes_.insert(self.bytes_.end(), bytes, bytes + size);
            return;
        } catch (const std::bad_alloc&) {
        }
        png_error(png, "there is not enough memory");
    }
    [[noreturn]] static void onError(png_structp png, png_const_charp message) {
        auto& self = *static_cast<PngWriting*>(png_get_error_ptr(png));
        std::snprintf(self.message_, sizeof self.message_, "%s", message);
        std::longjmp(self.back_, 1);
    }

    bool write(const Image& image) {
        if (setjmp(back_)) return false;
        // Whatever the library's defaults become, the bytes stay.
        png_set_compression_level(png_, 6);
        png_set_filter(png_, PNG_FILTER_TYPE_BASE, PNG_ALL_FILTERS);
        png_set_IHDR(png_, info_, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height), 8,
                     PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        png_set_text(png_, info_, texts_.data(), static_cast<int>(texts_.size()));
        png_write_info(png_, info_);
        for (std::size_t y = 0; y < image.height; ++y) png_write_row(png_, image.pixels.data() + y * image.width * 3);
        png_write_end(png_, info_);
        return true;
    }

    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    std::vector<png_text> texts_;
    std::vector<std::byte> bytes_;
    std::jmp_buf back_ = {};
    char message_[200] = {};
};

}  // namespace

std::vector<std::byte> encodePng(const Image& image, std::span<const PngText> texts) {
    requireWhole(image);
    return PngWriting().encode(image, texts);
}

void writePng(const std::filesystem::path& path, const Image& image, std::span<const PngText> texts) {
    const auto bytes = encodePng(image, texts);
    writeWholeFile(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::vector<std::byte> encodeWebp(const Image& image, int quality) {
    requireWhole(image);
    if (std::max(image.width, image.height) > WEBP_MAX_DIMENSION)
        throw std::invalid_argument(fmt::format("A WebP has at most {} pixels a side.", WEBP_MAX_DIMENSION));
    const int width = static_cast<int>(image.width), height = static_cast<int>(image.height);
    std::uint8_t* out = nullptr;
    const auto size = quality >= 100 ? WebPEncodeLosslessRGB(image.pixels.data(), width, height, 3 * width, &out)
                                     : WebPEncodeRGB(image.pixels.data(), width, height, 3 * width,
                                                     static_cast<float>(std::max(quality, 0)), &out);
    const std::unique_ptr<std::uint8_t, decltype(&WebPFree)> owner(out, &WebPFree);
    if (size == 0) throw std::bad_alloc();
    const auto* bytes = reinterpret_cast<const std::byte*>(out);
    return {bytes, bytes + size};
}

EncodedPicture thumbnailOf(const Image& image, const ThumbnailBounds& bounds) {
    requireWhole(image);
    auto side = std::min({bounds.side, std::max(image.width, image.height), std::size_t{WEBP_MAX_DIMENSION}});
    for (;; side /= 2) {
        const auto longer = std::max(image.width, image.height);
        const auto scaled = [&](std::size_t one) {
            return std::max<std::size_t>(1, (one * side + longer / 2) / longer);
        };
        const auto small = side < longer ? resized(image, scaled(image.width), scaled(image.height)) : image;
        for (const int quality : {100, 90, 75, 50, 25}) {
            auto bytes = encodeWebp(small, quality);
            if (bytes.size() <= bounds.bytes || side <= 1)
                return {.width = static_cast<std::uint32_t>(small.width),
                        .height = static_cast<std::uint32_t>(small.height),
                        .bytes = std::move(bytes)};
        }
    }
}

}  // namespace mergarium
