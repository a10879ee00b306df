#include "core/images/decoders.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

namespace mergarium::images {
namespace {

/// Memory that a chunk beside the pixels may take: profiles, EXIF and texts. As large as libpng's own default, which
/// distributions leave out.
constexpr png_alloc_size_t kMostInChunk = 8'000'000;

/// Of what begins as a PNG: chunks are as long as they claim, or libpng would take memory first and read then.
void requireChunks(std::span<const std::byte> file) {
    constexpr std::size_t kSignature = 8, kAround = 12;
    for (auto left = file.subspan(std::min(kSignature, file.size())); left.size() >= kAround;) {
        std::uint32_t length = 0;
        for (std::size_t i = 0; i < 4; ++i) length = length << 8 | std::to_integer<std::uint32_t>(left[i]);
        const auto is = [&](const char* type) { return std::memcmp(left.data() + 4, type, 4) == 0; };
        if (length > left.size() - kAround) throw std::runtime_error("it ends early");
        if (length > kMostInChunk && !is("IDAT")) throw std::runtime_error("a part beside its pixels is too large");
        if (is("IEND")) return;
        left = left.subspan(kAround + length);
    }
}

/// libpng leaves its functions with longjmp: nothing that has a destructor may live in those that call it.
class PngReading {
public:
    explicit PngReading(std::span<const std::byte> file) : left_(file) {
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &onError, &onWarning);
        info_ = png_ ? png_create_info_struct(png_) : nullptr;
        if (!info_) {
            png_destroy_read_struct(&png_, nullptr, nullptr);
            throw std::bad_alloc();
        }
        png_set_chunk_malloc_max(png_, kMostInChunk);
        png_set_read_fn(png_, this, &onRead);
    }
    ~PngReading() { png_destroy_read_struct(&png_, &info_, nullptr); }
    PngReading(const PngReading&) = delete;
    PngReading& operator=(const PngReading&) = delete;

    Decoded decode(const ImageLimits& limits) {
        if (!readHeader()) refuse();
        // Before libpng takes memory for a row.
        requirePixels(image_.width, image_.height, limits);
        if (!askForColours()) refuse();
        image_.pixels.resize(image_.width * image_.height * image_.channels);
        rows_.resize(image_.height);
        for (std::size_t y = 0; y < image_.height; ++y)
            rows_[y] = image_.pixels.data() + y * image_.width * image_.channels;
        if (!readPixels()) refuse();
        if (exifSize_ > 0) image_.orientation = orientationIn(std::as_bytes(std::span(exif_, exifSize_)));
        return std::move(image_);
    }

private:
    static void onRead(png_structp png, png_bytep to, std::size_t size) {
        auto& self = *static_cast<PngReading*>(png_get_io_ptr(png));
        if (size > self.left_.size()) png_error(png, "it ends early");
        std::memcpy(to, self.left_.data(), size);
        self.left_ = self.left_.subspan(size);
    }
    [[noreturn]] static void onError(png_structp png, png_const_charp message) {
        auto& self = *static_cast<PngReading*>(png_get_error_ptr(png));
        std::snprintf(self.message_, sizeof self.message_, "%s", message);
        std::longjmp(self.back_, 1);
    }
    static void onWarning(png_structp, png_const_charp) {}
    [[noreturn]] void refuse() const { throw std::runtime_error(message_); }

    bool readHeader() {
        if (setjmp(back_)) return false;
        png_read_info(png_, info_);
        image_.width = png_get_image_width(png_, info_);
        image_.height = png_get_image_height(png_, info_);
        return true;
    }

    /// Three channels of 8 bits, or four.
    bool askForColours() {
        if (setjmp(back_)) return false;
        png_set_expand(png_);
        png_set_gray_to_rgb(png_);
        png_set_strip_16(png_);
        png_set_interlace_handling(png_);
        png_read_update_info(png_, info_);
        image_.channels = png_get_channels(png_, info_);
        if (png_get_rowbytes(png_, info_) != image_.width * image_.channels || image_.channels < 3)
            png_error(png_, "its kind of pixels isn't supported");
        return true;
    }

    bool readPixels() {
        if (setjmp(back_)) return false;
        png_read_image(png_, rows_.data());
        png_read_end(png_, info_);
        if (png_get_eXIf_1(png_, info_, &exifSize_, &exif_) == 0) exifSize_ = 0;
        return true;
    }

    std::span<const std::byte> left_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    Decoded image_;
    std::vector<png_bytep> rows_;
    png_bytep exif_ = nullptr;
    png_uint_32 exifSize_ = 0;
    std::jmp_buf back_ = {};
    char message_[200] = {};
};

}  // namespace

Decoded decodePng(std::span<const std::byte> file, const ImageLimits& limits) {
    requireChunks(file);
    return PngReading(file).decode(limits);
}

}  // namespace mergarium::images
