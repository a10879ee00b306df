#include "core/database/encoding.h"
#include "tests/support/suite.h"

#include <QTest>

using namespace mergarium;

namespace {

std::vector<float> roundTrip(const std::vector<float>& scores) {
    const auto unpacked = unpackScores(packScores(scores), scores.size());
    return {unpacked.values().begin(), unpacked.values().end()};
}

}  // namespace

// How numbers lie in the database.
class EncodingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rightAndWrongTakeABit() {
        for (const std::size_t samples : {1u, 7u, 8u, 9u, 17u}) {
            std::vector<float> scores(samples);
            for (std::size_t j = 0; j < samples; ++j) scores[j] = j % 3 == 0 ? 1.0f : 0.0f;
            const auto blob = packScores(scores);
            QCOMPARE(blob.size(), 1 + (samples + 7) / 8);
            QCOMPARE(char(blob[0]), 'b');
            QCOMPARE(roundTrip(scores), scores);
        }
        const auto first = packScores(std::vector<float>{1, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        QCOMPARE(first[1], std::byte{1});
        QCOMPARE(first[2], std::byte{2});
    }

    void gradedScoresComeBackToTheBit() {
        const std::vector<float> scores{0.0f, 1.0f, 0.1f, 1.0f / 3.0f, 0.99999994f};
        const auto blob = packScores(scores);
        QCOMPARE(blob.size(), std::size_t{21});
        QCOMPARE(char(blob[0]), 'f');
        QCOMPARE(roundTrip(scores), scores);
        QCOMPARE(roundTrip({0.5f}), std::vector<float>{0.5f});
    }

    void scoresOfAnotherLengthAreRefused() {
        for (const auto& scores : {std::vector<float>(9, 1.0f), std::vector<float>(9, 0.5f)}) {
            QVERIFY_EXCEPTION_THROWN(unpackScores(packScores(scores), 17), std::runtime_error);
            QVERIFY_EXCEPTION_THROWN(unpackScores(packScores(scores), 8), std::runtime_error);
        }
        QVERIFY_EXCEPTION_THROWN(unpackScores({}, 0), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(unpackScores(Blob{std::byte{'x'}, std::byte{0}}, 8), std::runtime_error);
    }

    void numbersComeBackToTheBit() {
        const std::vector<double> doubles{0.1, 3.0, 1e300};
        QCOMPARE(unpackDoubles(packNumbers(doubles)), doubles);
        const std::vector<float> floats{0.1f, -3.0f};
        QCOMPARE(unpackFloats(packNumbers(floats)), floats);
        const std::vector<std::uint64_t> integers{0, 1, ~std::uint64_t{0}};
        QCOMPARE(unpackIntegers(packNumbers(integers)), integers);
        QVERIFY_EXCEPTION_THROWN(unpackDoubles(Blob(12)), std::runtime_error);
    }

    void textsComeBackWhateverTheyHold() {
        const std::vector<std::string> texts{"", "one", std::string("a\0b", 3), "größer"};
        const auto blob = packTexts(texts);
        QCOMPARE(unpackTexts(blob), texts);
        QVERIFY_EXCEPTION_THROWN(unpackTexts(std::span(blob).first(blob.size() - 1)), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(unpackTexts(std::span(blob).first(blob.size() - 9)), std::runtime_error);
    }
};

MERGARIUM_SUITE(EncodingTest)
#include "encoding_test.moc"
