#include "core/files/bytes.h"
#include "tests/support/suite.h"

#include <QTest>

#include <array>
#include <limits>

using namespace mergarium;

class BytesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbersAndTextsLieOneAfterTheOther() {
        ByteWriter out;
        out.number(std::uint64_t{0x0102});
        out.text("ab");
        out.numbers(std::array{1.0f});
        const auto bytes = std::move(out).take();
        const std::array<unsigned char, 22> expected{2, 1, 0, 0, 0, 0,   0,   0, 2, 0,   0,
                                                     0, 0, 0, 0, 0, 'a', 'b', 0, 0, 128, 63};
        QVERIFY(std::ranges::equal(bytes, std::as_bytes(std::span(expected))));

        ByteReader in(bytes, "broken");
        QCOMPARE(in.number<std::uint64_t>(), std::uint64_t{0x0102});
        QCOMPARE(in.text(), std::string("ab"));
        QCOMPARE(in.numbers<float>(1), std::vector{1.0f});
        in.close();
    }

    void nothingIsReadBeyondTheEnd() {
        ByteWriter out;
        out.number(std::uint64_t{3});
        const auto bytes = std::move(out).take();
        ByteReader text(bytes, "broken");
        QVERIFY_EXCEPTION_THROWN(text.text(), std::runtime_error);
        ByteReader list(bytes, "broken");
        QVERIFY_EXCEPTION_THROWN(list.numbers<double>(2), std::runtime_error);
        // Times the size of a number it would come to 8 bytes.
        QVERIFY_EXCEPTION_THROWN(list.numbers<double>(std::numeric_limits<std::uint64_t>::max() / 8 + 2),
                                 std::runtime_error);
        QCOMPARE(list.left(), std::size_t{8});
    }

    void whatIsLeftOverIsRefusedWithTheSentenceGiven() {
        const std::array bytes{std::byte{1}};
        const ByteReader in(bytes, "A stored list is damaged.");
        try {
            in.close();
            QFAIL("not refused");
        } catch (const std::runtime_error& error) {
            QCOMPARE(error.what(), "A stored list is damaged.");
        }
    }
};

MERGARIUM_SUITE(BytesTest)
#include "bytes_test.moc"
