#include "core/images/decoders.h"

#include <csetjmp>
#include <cstdio>  // jpeglib.h wants it
#include <cstring>
#include <stdexcept>
#include <string_view>

#include <jpeglib.h>

#include <jerror.h>

namespace mergarium::images {
namespace {

/// A progressive JPEG has about ten; each one more costs as much time as a picture.
constexpr int kMostScans = 100;

/// libjpeg is left with longjmp: nothing that has a destructor may live in functions that call it.
class JpegReading {
public:
    explicit JpegReading(std::span<const std::byte> file) : file_(file) {
        jpeg_.err = jpeg_std_error(&errors_);
        errors_.error_exit = &onError;
        errors_.emit_message = &onMessage;
        progress_.progress_monitor = &onProgress;
        jpeg_.client_data = this;
    }
    ~JpegReading() { jpeg_destroy_decompress(&jpeg_); }
    JpegReading(const JpegReading&) = delete;
    JpegReading& operator=(const JpegReading&) = delete;

    Decoded decode(const ImageLimits& limits) {
        if (!readHeader()) throw std::runtime_error(message_);
        requirePixels(image_.width, image_.height, limits);
        const bool inks = jpeg_.out_color_space == JCS_CMYK;
        image_.pixels.resize(image_.width * image_.height * 3);
        if (inks) inks_.resize(image_.width * 4);
        if (!readPixels()) throw std::runtime_error(message_);
        return std::move(image_);
    }

private:
    static JpegReading& of(j_common_ptr jpeg) { return *static_cast<JpegReading*>(jpeg->client_data); }
    [[noreturn]] static void onError(j_common_ptr jpeg) {
        auto& self = of(jpeg);
        char message[JMSG_LENGTH_MAX];
        jpeg->err->format_message(jpeg, message);
        std::snprintf(self.message_, sizeof self.message_, "%s", message);
        std::longjmp(self.back_, 1);
    }
    /// What the library mends by guessing pixels is an error here.
    static void onMessage(j_common_ptr jpeg, int level) {
        if (level >= 0) return;
        switch (jpeg->err->msg_code) {
            case JWRN_JPEG_EOF:
            case JWRN_HIT_MARKER:
            case JWRN_HUFF_BAD_CODE:
            case JWRN_ARITH_BAD_CODE:
            case JWRN_MUST_RESYNC: onError(jpeg);
            default: return;
        }
    }
    static void onProgress(j_common_ptr jpeg) {
        if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kMostScans) {
            auto& self = of(jpeg);
            std::snprintf(self.message_, sizeof self.message_, "%s", "it has too many scans");
            std::longjmp(self.back_, 1);
        }
    }

    bool readHeader() {
        if (setjmp(back_)) return false;
        jpeg_create_decompress(&jpeg_);
        jpeg_.progress = &progress_;
        jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
        jpeg_save_markers(&jpeg_, JPEG_APP0 + 1, 0xFFFF);
        jpeg_read_header(&jpeg_, TRUE);
        const bool inks = jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK;
        jpeg_.out_color_space = inks ? JCS_CMYK : JCS_RGB;
        image_.width = jpeg_.image_width;
        image_.height = jpeg_.image_height;
        for (auto* marker = jpeg_.marker_list; marker; marker = marker->next)
            if (marker->data_length > 6 && std::memcmp(marker->data, "Exif\0", 6) == 0)
                image_.orientation =
                    orientationIn({reinterpret_cast<const std::byte*>(marker->data), marker->data_length});
        return true;
    }

    bool readPixels() {
        if (setjmp(back_)) return false;
        jpeg_start_decompress(&jpeg_);
        while (jpeg_.output_scanline < jpeg_.output_height) {
            auto* row = image_.pixels.data() + jpeg_.output_scanline * image_.width * 3;
            JSAMPROW to = inks_.empty() ? row : inks_.data();
            jpeg_read_scanlines(&jpeg_, &to, 1);
            if (!inks_.empty()) fromInks(row);
        }
        jpeg_finish_decompress(&jpeg_);
        return true;
    }

    /// Inks are stored inverted, as Adobe's programs write them.
    void fromInks(std::uint8_t* row) const {
        for (std::size_t x = 0; x < image_.width; ++x)
            for (std::size_t channel = 0; channel < 3; ++channel)
                row[3 * x + channel] =
                    static_cast<std::uint8_t>((inks_[4 * x + channel] * inks_[4 * x + 3] + 127) / 255);
    }

    std::span<const std::byte> file_;
    jpeg_decompress_struct jpeg_ = {};
    jpeg_error_mgr errors_ = {};
    jpeg_progress_mgr progress_ = {};
    Decoded image_;
    /// A row of cyan, magenta, yellow and black.
    std::vector<std::uint8_t> inks_;
    std::jmp_buf back_ = {};
    char message_[JMSG_LENGTH_MAX] = {};
};

}  // namespace

Decoded decodeJpeg(std::span<const std::byte> file, const ImageLimits& limits) {
    return JpegReading(file).decode(limits);
}

}  // namespace mergarium::images
