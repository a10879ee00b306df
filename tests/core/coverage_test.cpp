#include "core/archive/coverage.h"

#include <QtTest>

#include <cmath>

using namespace mergarium;

namespace {

using Rows = std::vector<std::vector<float>>;

Diversity diversityOf(const Rows& rows) {
    std::vector<std::span<const float>> spans(rows.begin(), rows.end());
    return diversity(spans, rows.front().size());
}

bool near(double a, double b) { return std::abs(a - b) < 1e-6; }

}  // namespace

class CoverageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void coverageCountsWhatAnyoneSolves() {
        const auto found = diversityOf({{1, 1, 0, 0}, {0, 1, 0, 0}});
        QVERIFY(near(found.coverage, 0.5));
        QVERIFY(near(found.disagreement, 0.25));
    }

    void equalNichesHaveEntropyOneHoweverManyModels() {
        QVERIFY(near(diversityOf({{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}).nicheEntropy, 1.0));
        // Models that are alike have equal niches too: entropy says how evenly samples are shared, disagreement how
        // differently.
        QVERIFY(near(diversityOf({{1, 1}, {1, 1}}).nicheEntropy, 1.0));
    }

    void entropyIsThatOfTheSharesOfScoredSamples() {
        // Shares: the first has 1 + 1 + 1/2 of three samples, the second 1/2.
        const double p = 2.5 / 3.0;
        const double expected = -(p * std::log(p) + (1.0 - p) * std::log(1.0 - p)) / std::log(2.0);
        QVERIFY(near(diversityOf({{1, 1, 1, 0}, {0, 0, 1, 0}}).nicheEntropy, expected));
    }

    void oneModelWithEverythingHasEntropyZero() {
        QVERIFY(near(diversityOf({{1, 1}, {0, 0}}).nicheEntropy, 0.0));
        QVERIFY(near(diversityOf({{1, 1}}).nicheEntropy, 0.0));
        QVERIFY(near(diversityOf({{0, 0}, {0, 0}}).nicheEntropy, 0.0));
    }

    void emptySlotsDontCountAsModels() {
        const std::vector<float> a{1, 0}, b{0, 1};
        const std::vector<std::span<const float>> rows{a, {}, b, {}};
        QVERIFY(near(diversity(rows, 2).nicheEntropy, 1.0));
        QVERIFY(near(diversity(rows, 2).disagreement, 1.0));
    }
};

QTEST_APPLESS_MAIN(CoverageTest)
#include "coverage_test.moc"
