#include "core/images/encoded_picture.h"
#include "tests/support/painted_run.h"
#include "tests/support/suite.h"

#include <QTest>

using namespace mergarium;
using test::pictureNamed;

namespace {

std::vector<std::byte> bytesOf(const QByteArray& text) {
    const auto* first = reinterpret_cast<const std::byte*>(text.constData());
    return {first, first + text.size()};
}

}  // namespace

class EncodedPictureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Files of 300 x 200 pixels: PNG; WebP with loss, without, and with a header for more (RFC 9649).
    void headersSayHowLargeAPictureIs_data() {
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("PNG") << QByteArray("89504e470d0a1a0a0000000d494844520000012c000000c808020000");
        QTest::newRow("VP8") << QByteArray("5249464664000000574542505650382058000000 100900 9d012a 2c01 c800");
        QTest::newRow("VP8L") << QByteArray("5249464634000000574542505650384c 28000000 2f 2bc13100 0000000000");
        QTest::newRow("VP8X") << QByteArray("52494646640000005745425056503858 0a000000 10000000 2b0100 c70000");
    }
    void headersSayHowLargeAPictureIs() {
        QFETCH(QByteArray, hex);
        const auto bytes = bytesOf(QByteArray::fromHex(hex));
        QVERIFY(sizeInHeader(bytes) == (PictureSize{300, 200}));
        // What ends within its header is none.
        const auto least = bytes[0] == std::byte{0x89} ? std::size_t{24} : std::size_t{30};
        for (std::size_t length = 0; length < least; ++length) QVERIFY(!sizeInHeader(std::span(bytes).first(length)));
    }

    void otherBytesAreNoPicture() {
        QVERIFY(!sizeInHeader(bytesOf(QByteArray(64, 'x'))));
        QVERIFY(!sizeInHeader(bytesOf("RIFF....WAVEfmt ..................")));
        QVERIFY(!sizeInHeader(bytesOf("RIFF....WEBPVP9 ..................")));
    }

    void thumbnailsAreSmall() {
        QVERIFY(isThumbnail(pictureNamed(1)));
        QVERIFY(isThumbnail(pictureNamed(1, kThumbnailBytes, kThumbnailSide)));
        QVERIFY(!isThumbnail(pictureNamed(1, kThumbnailBytes + 1)));
        QVERIFY(!isThumbnail(pictureNamed(1, 40, kThumbnailSide + 1)));
        QVERIFY(!isThumbnail(pictureNamed(1, 40, 0)));
        QVERIFY(!isThumbnail({}));
        auto other = pictureNamed(1);
        other.height += 1;
        QVERIFY(!isThumbnail(other));
    }

    void whatIsKeptOfAModelIsBounded() {
        std::vector<EncodedPicture> pictures{pictureNamed(1, kThumbnailBytes + 1), pictureNamed(2), {}};
        for (int i = 0; i < 130; ++i) pictures.push_back(pictureNamed(3, kThumbnailBytes));
        keepWithinBounds(pictures);
        QCOMPARE(pictures.size(), std::size_t{133});
        QVERIFY(pictures[0] == EncodedPicture{});
        QVERIFY(pictures[1] == pictureNamed(2));
        // 40 bytes, and 127 of 16 KiB.
        QVERIFY(pictures[129] == pictureNamed(3, kThumbnailBytes));
        QVERIFY(pictures[130] == EncodedPicture{});
        QVERIFY(bytesOf(pictures) <= kThumbnailsBytes);
    }
};

MERGARIUM_SUITE(EncodedPictureTest)
#include "encoded_picture_test.moc"
