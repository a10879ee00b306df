#include "core/checkpoint/checkpoint.h"
#include "core/files/text_file.h"
#include "core/images/clip_preprocessing.h"
#include "core/images/encode_image.h"
#include "core/images/read_image.h"
#include "core/images/resize.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <fmt/format.h>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <cmath>
#include <cstring>
#include <random>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

// Written by ImageMagick, all of the same 21 x 13 pixels.
const fs::path kPictureFiles = MERGARIUM_TEST_DATA "/images";
// Resized by Pillow, prepared by transformers.
const fs::path kClipPictures = MERGARIUM_TEST_DATA "/t2i/clip";

Image pictureIn(const char* file) { return readImage(kPictureFiles / file); }

std::span<const std::byte> asBytes(const std::string& text) { return std::as_bytes(std::span(text)); }

/// The largest difference of a value, and the mean one.
std::pair<int, double> differenceOf(const Image& one, const Image& other) {
    int most = 0;
    double sum = 0.0;
    for (std::size_t i = 0; i < one.pixels.size(); ++i) {
        const int difference = std::abs(one.pixels[i] - other.pixels[i]);
        most = std::max(most, difference);
        sum += difference;
    }
    return {most, sum / static_cast<double>(one.pixels.size())};
}

/// Random pixels, which compress badly.
Image randomPixels(std::size_t width, std::size_t height) {
    std::mt19937 random(7);
    Image image{.width = width, .height = height, .pixels = std::vector<std::uint8_t>(3 * width * height)};
    for (auto& value : image.pixels) value = static_cast<std::uint8_t>(random());
    return image;
}

bool isAlmost(const std::uint8_t* pixel, std::array<int, 3> colour) {
    return std::abs(pixel[0] - colour[0]) < 40 && std::abs(pixel[1] - colour[1]) < 40 &&
           std::abs(pixel[2] - colour[2]) < 40;
}

/// R, G, B or W for red, green, blue or white: the picture's corners from the top left, row by row.
std::string cornersOf(const Image& image) {
    std::string corners;
    for (const auto y : {std::size_t{0}, image.height - 1})
        for (const auto x : {std::size_t{0}, image.width - 1}) {
            const auto* pixel = image.pixels.data() + 3 * (y * image.width + x);
            corners += isAlmost(pixel, {255, 0, 0})       ? 'R'
                       : isAlmost(pixel, {0, 255, 0})     ? 'G'
                       : isAlmost(pixel, {0, 0, 255})     ? 'B'
                       : isAlmost(pixel, {255, 255, 255}) ? 'W'
                                                          : '?';
        }
    return corners;
}

/// With EXIF data that say nothing but an orientation.
std::string withOrientation(const std::string& jpeg, char orientation, bool bigEndian) {
    std::string tiff = bigEndian ? std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19)
                                 : std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18);
    tiff += orientation;
    tiff += std::string(bigEndian ? 6 : 7, '\0');
    const std::string exif = std::string("Exif\0\0", 6) + tiff;
    return jpeg.substr(0, 2) + "\xff\xe1" + '\0' + static_cast<char>(exif.size() + 2) + exif + jpeg.substr(2);
}

}  // namespace

// Pictures from files and back, and in other sizes.
class ImagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindOfFileIsRead_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("as");
        QTest::addColumn<int>("tolerance");
        for (const auto& [file, as, tolerance] : {std::tuple("interlaced.png", "rgb.png", 0),
                                                  {"deep.png", "rgb.png", 0},
                                                  {"palette.png", "palette_as_rgb.png", 0},
                                                  {"deep_grey.png", "grey.png", 0},
                                                  {"alpha.webp", "alpha.png", 0},
                                                  {"lossless.webp", "rgb.png", 0},
                                                  {"lossy.webp", "rgb.png", 60},
                                                  {"plain.jpg", "rgb.png", 30},
                                                  {"progressive.jpg", "plain.jpg", 4},
                                                  {"inks.jpg", "rgb.png", 40},
                                                  {"grey.jpg", "grey.png", 20}})
            QTest::newRow(file) << file << as << tolerance;
    }
    void everyKindOfFileIsRead() {
        QFETCH(QString, file);
        QFETCH(QString, as);
        QFETCH(int, tolerance);
        const auto read = pictureIn(file.toUtf8()), expected = pictureIn(as.toUtf8());
        QCOMPARE(read.width, std::size_t{21});
        QCOMPARE(read.height, std::size_t{13});
        const auto [most, mean] = differenceOf(read, expected);
        QVERIFY2(most <= tolerance && mean <= tolerance / 4.0,
                 fmt::format("{} at most, {} in mean", most, mean).c_str());
    }

    void whatIsTransparentLiesOnWhite() {
        const auto plain = pictureIn("rgb.png"), veiled = pictureIn("alpha.png");
        for (std::size_t i = 0; i < plain.pixels.size(); ++i)
            QVERIFY(std::abs(veiled.pixels[i] - (0.25 * plain.pixels[i] + 0.75 * 255.0)) < 1.5);
    }

    void aPictureIsTurnedAsExifSays() {
        const auto jpeg = readFile(kPictureFiles / "quadrants.jpg", 1 << 20);
        QCOMPARE(cornersOf(decodeImage(asBytes(jpeg), "plain")), std::string("RGBW"));
        const char* const expected[] = {"RGBW", "GRWB", "WBGR", "BWRG", "RBGW", "BRWG", "WGBR", "GWRB"};
        for (int orientation = 1; orientation <= 8; ++orientation)
            for (const bool bigEndian : {false, true}) {
                const auto turned = withOrientation(jpeg, static_cast<char>(orientation), bigEndian);
                const auto image = decodeImage(asBytes(turned), "turned");
                QCOMPARE(cornersOf(image), std::string(expected[orientation - 1]));
                QCOMPARE(image.width, std::size_t{orientation < 5 ? 32u : 16u});
            }
        QCOMPARE(cornersOf(decodeImage(asBytes(withOrientation(jpeg, 9, false)), "wrong")), std::string("RGBW"));
    }

    void whatIsDamagedIsRefusedByName() {
        for (const char* file : {"rgb.png", "plain.jpg", "progressive.jpg", "lossy.webp", "lossless.webp"}) {
            const auto whole = readFile(kPictureFiles / file, 1 << 20);
            const auto message =
                messageOf([&] { decodeImage(asBytes(whole.substr(0, whole.size() * 2 / 3)), "a/picture"); });
            QVERIFY2(message.starts_with("a/picture: this ") && message.ends_with("."), message.c_str());
        }
        QCOMPARE(messageOf([] { decodeImage(asBytes("GIF89a, or anything"), "x.gif"); }),
                 std::string("x.gif: this is neither a PNG, a JPEG nor a WebP file."));
        QVERIFY(messageOf([] { readImage(kPictureFiles / "none.png"); }).find("none.png") != std::string::npos);
    }

    void pixelsAreCountedBeforeMemoryIsTaken() {
        auto png = readFile(kPictureFiles / "rgb.png", 1 << 20);
        for (const char* file : {"rgb.png", "plain.jpg", "lossy.webp"}) {
            const auto bytes = readFile(kPictureFiles / file, 1 << 20);
            const auto message =
                messageOf([&] { decodeImage(asBytes(bytes), file, {.bytes = 1 << 20, .pixels = 21 * 13 - 1}); });
            QVERIFY2(message.find("21 x 13 pixels are more") != std::string::npos, message.c_str());
        }
        QVERIFY(messageOf([] { readImage(kPictureFiles / "rgb.png", {.bytes = 100, .pixels = 1000}); }).find("bytes") !=
                std::string::npos);
    }

    // libpng takes as much memory for a part as it claims to need.
    void partsBesideThePixelsAreBounded() {
        const auto image = randomPixels(3, 2);
        const auto with = [&](std::size_t length) {
            const std::vector<PngText> texts{{"prompt", std::string(length, 'x')}};
            return messageOf([&] { decodeImage(encodePng(image, texts), "a.png"); });
        };
        QCOMPARE(with(7'900'000), std::string("nothing was thrown"));
        QVERIFY2(with(8'100'000).find("a part beside its pixels is too large") != std::string::npos,
                 with(8'100'000).c_str());
        auto bytes = encodePng(image, {});
        bytes.at(bytes.size() - 12) = std::byte{0x40};
        const auto claims = messageOf([&] { decodeImage(bytes, "a.png"); });
        QVERIFY2(claims.find("it ends early") != std::string::npos, claims.c_str());
    }

    void aPngIsTheSameBytesAndReadsBack() {
        const auto image = randomPixels(37, 11);
        const std::vector<PngText> texts{{"prompt", "a cat"}, {"recipe", "Caf\u00e9"}};
        const auto bytes = encodePng(image, texts);
        QCOMPARE(encodePng(image, texts), bytes);
        QCOMPARE(decodeImage(bytes, "memory"), image);
        const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        using namespace std::string_literals;
        QVERIFY(text.find("tEXtprompt\0a cat"s) != std::string::npos);
        QVERIFY(text.find("iTXtrecipe\0\0\0\0\0Caf\u00e9"s) != std::string::npos);
        QTemporaryDir folder;
        const fs::path file = folder.filePath("a.png").toStdString();
        writePng(file, image);
        QCOMPARE(readImage(file), image);
        QVERIFY(messageOf([] {
                    encodePng(Image{.width = 2, .height = 2, .pixels = {1, 2, 3}});
                }).find("size") != std::string::npos);
    }

    void thumbnailsStayWithinTheirBounds() {
        const auto small = randomPixels(20, 10);
        const auto kept = thumbnailOf(small);
        QCOMPARE(decodeImage(kept.bytes, "kept"), small);
        for (const auto& [width, height] : {std::pair<std::size_t, std::size_t>{1000, 700}, {2, 3000}, {300, 300}}) {
            const auto thumbnail = thumbnailOf(randomPixels(width, height));
            QVERIFY(isThumbnail(thumbnail));
            const auto read = decodeImage(thumbnail.bytes, "thumbnail");
            QCOMPARE(read.width, std::size_t{thumbnail.width});
            QVERIFY(std::max(read.width, read.height) <= kThumbnailSide);
        }
        QVERIFY(thumbnailOf(randomPixels(1000, 700), {.side = 256, .bytes = 2000}).bytes.size() <= 2000);
    }

    void picturesAreResizedAsPillowDoes() {
        const auto expected = Checkpoint::open(kClipPictures / "image_processor.safetensors");
        const auto preprocessing = readClipPreprocessing(kClipPictures, 42);
        const auto isAs = [&](const Image& image, const std::string& name) {
            const auto* tensor = expected->find(name);
            return tensor && static_cast<std::size_t>(tensor->shape[0]) == image.height &&
                   static_cast<std::size_t>(tensor->shape[1]) == image.width &&
                   std::memcmp(tensor->bytes, image.pixels.data(), image.pixels.size()) == 0;
        };
        const auto values = Checkpoint::open(kClipPictures / "expected.safetensors");
        const auto* prepared = values->find("pixel_values");
        for (std::size_t i = 0; i < 4; ++i) {
            const auto image = readImage(kClipPictures / fmt::format("image_{}.png", i));
            const auto& shape = expected->find(fmt::format("resized_u8.{}", i))->shape;
            QVERIFY(isAs(resized(image, static_cast<std::size_t>(shape[1]), static_cast<std::size_t>(shape[0])),
                         fmt::format("resized_u8.{}", i)));
            QVERIFY(isAs(cutForClip(image, preprocessing), fmt::format("cropped_u8.{}", i)));
            const auto pixels = clipPixels(image, preprocessing);
            std::vector<float> reference(pixels.size());
            std::memcpy(reference.data(), prepared->bytes + i * pixels.size() * sizeof(float),
                        pixels.size() * sizeof(float));
            for (std::size_t k = 0; k < pixels.size(); ++k) QVERIFY(std::abs(pixels[k] - reference[k]) < 2e-6f);
        }
    }

    void aPartOfAResizedPictureIsThatPart() {
        const auto image = randomPixels(50, 33);
        for (const auto& [width, height] : {std::pair<std::size_t, std::size_t>{31, 70}, {50, 12}, {80, 33}}) {
            const auto whole = resized(image, width, height);
            const ImageWindow window{.left = 5, .top = 3, .width = 11, .height = 7};
            const auto part = resized(image, width, height, window);
            for (std::size_t y = 0; y < window.height; ++y)
                for (std::size_t k = 0; k < 3 * window.width; ++k)
                    QCOMPARE(part.pixels[3 * window.width * y + k],
                             whole.pixels[3 * (width * (y + window.top) + window.left) + k]);
        }
        // What would be a picture of trillions of pixels.
        const Image thread{.width = 1, .height = 900'000, .pixels = std::vector<std::uint8_t>(2'700'000, 9)};
        QCOMPARE(cutForClip(thread, {}).pixels, std::vector<std::uint8_t>(3 * 224 * 224, 9));
    }

    void preprocessingIsReadAsTheFileSaysIt() {
        QTemporaryDir folder;
        const fs::path place = folder.path().toStdString();
        QCOMPARE(readClipPreprocessing(place, 336), (ClipPreprocessing{.shortestEdge = 336, .crop = {{336, 336}}}));
        const auto read = [&](const char* text) {
            writeText(place / "preprocessor_config.json", text);
            return readClipPreprocessing(place, 224);
        };
        QCOMPARE(read(R"({"size": 30, "crop_size": 20, "image_mean": [0, 0.5, 1], "rescale_factor": 0.5})"),
                 (ClipPreprocessing{.shortestEdge = 30, .crop = {{20, 20}}, .scale = 0.5, .mean = {0, 0.5, 1}}));
        const auto exact =
            read(R"({"size": {"height": 8, "width": 9}, "do_center_crop": false, "do_normalize": false})");
        QCOMPARE(exact.exactSize, (std::array<std::size_t, 2>{9, 8}));
        QVERIFY(!exact.crop && exact.mean[0] == 0.0 && exact.deviation[2] == 1.0);
        for (const char* wrong :
             {R"({"resample": 2})", R"({"size": {"longest_edge": 5}})", R"({"size": 0})", R"({"image_std": [1, 0, 1]})",
              R"({"image_mean": [1, 2]})", R"({"do_resize": 1})", R"({"crop_size": 1000000})", R"([])"}) {
            const auto message = messageOf([&] { read(wrong); });
            QVERIFY2(message.find("preprocessor_config.json") != std::string::npos, message.c_str());
        }
    }
};

MERGARIUM_SUITE(ImagesTest)
#include "images_test.moc"
