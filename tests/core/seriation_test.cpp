#include "core/archive/seriation.h"
#include "core/random/random_stream.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <numeric>

using namespace mergarium;

namespace {

using Rows = std::vector<std::vector<float>>;

std::vector<std::uint32_t> seriated(const Rows& rows, std::size_t samples) {
    std::vector<std::span<const float>> views(rows.begin(), rows.end());
    return seriate(views, samples);
}

}  // namespace

class SeriationTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aBandIsFoundAgainHoweverItWasShuffled() {
        // Model k solves samples 2k to 2k + 9: the classical case, with one true order and its mirror image.
        constexpr std::size_t kModels = 12, kSamples = 2 * kModels + 8;
        std::vector<std::uint32_t> place(kSamples);
        std::iota(place.begin(), place.end(), 0u);
        RandomStream random(7, 0, Purpose::FounderWeights);
        for (std::size_t i = kSamples - 1; i > 0; --i)
            std::swap(place[i], place[static_cast<std::size_t>(random.uniform() * static_cast<double>(i + 1))]);
        Rows rows(kModels, std::vector<float>(kSamples));
        for (std::size_t k = 0; k < kModels; ++k)
            for (std::size_t j = 2 * k; j < 2 * k + 10; ++j) rows[k][place[j]] = 1.0f;
        std::vector<std::size_t> found;
        const auto order = seriated(rows, kSamples);
        for (const auto sample : order)
            found.push_back(static_cast<std::size_t>(std::ranges::find(place, sample) - place.begin()));
        // Samples 2j and 2j + 1 are solved by the same models: which of the two comes first is not to be known.
        for (auto& sample : found) sample /= 2;
        QVERIFY(std::ranges::is_sorted(found) || std::ranges::is_sorted(found, std::greater()));
    }

    void samplesThatNobodySolvesComeLast() {
        QCOMPARE(seriated({{1, 0, 0, 1, 0}, {0, 0, 1, 0, 0}}, 5), (std::vector<std::uint32_t>{0, 3, 2, 1, 4}));
    }

    void theHeavierEndStandsOnTheLeft() {
        QCOMPARE(seriated({{1, 0, 0, 0}, {0, 1, 1, 1}}, 4), (std::vector<std::uint32_t>{1, 2, 3, 0}));
        QCOMPARE(seriated({{0, 1, 1, 1}, {1, 0, 0, 0}}, 4), (std::vector<std::uint32_t>{1, 2, 3, 0}));
    }

    void whatIsAlikeKeepsItsOrder() {
        QCOMPARE(seriated({{1, 1, 1}, {1, 1, 1}}, 3), (std::vector<std::uint32_t>{0, 1, 2}));
        QCOMPARE(seriated({{1, 1, 1}}, 3), (std::vector<std::uint32_t>{0, 1, 2}));
        QCOMPARE(seriated({{}, {0, 0, 0}}, 3), (std::vector<std::uint32_t>{0, 1, 2}));
        QCOMPARE(seriated({}, 2), (std::vector<std::uint32_t>{0, 1}));
        QVERIFY(seriated({}, 0).empty());
    }

    void absentModelsChangeNothing() {
        const Rows some{{1, 0, 1, 0}, {0, 1, 0.5f, 0}, {0, 0, 0, 1}};
        const Rows gaps{{1, 0, 1, 0}, {}, {0, 1, 0.5f, 0}, {0, 0, 0, 1}, {}};
        QCOMPARE(seriated(gaps, 4), seriated(some, 4));
    }
};

MERGARIUM_SUITE(SeriationTest)
#include "seriation_test.moc"
