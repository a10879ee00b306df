#include "core/archive/coverage.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace mergarium;

namespace {

using Rows = std::vector<std::vector<float>>;

Diversity diversityOf(const Rows& rows) {
    std::vector<std::span<const float>> spans(rows.begin(), rows.end());
    return diversity(spans, rows.front().size());
}

bool near(double a, double b) { return std::abs(a - b) < 1e-6; }

/// NaN equals NaN here.
void compareAll(const std::vector<float>& actual, const std::vector<double>& expected) {
    QCOMPARE(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
        QVERIFY2(std::isnan(expected[i]) ? std::isnan(actual[i]) : near(actual[i], expected[i]),
                 qPrintable(QString("entry %1: %2 against %3").arg(i).arg(actual[i]).arg(expected[i])));
}

/// Two models around an empty slot, on five samples: one shared, two with one owner each, one unsolved, one graded.
struct SmallArchive {
    std::vector<float> first{1, 1, 0, 0, 0.25f}, last{1, 0, 0, 1, 0.75f};
    std::vector<std::span<const float>> rows{first, {}, last};
    std::vector<std::uint32_t> order{0, 1, 2, 3, 4};
};
constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

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

    void aSampleIsSolvedFromHalfAPointOn() {
        const auto found = diversityOf({{0.5f, 0.49f, 0.0f, 1.0f}, {0.0f, 0.49f, 0.5f, 0.51f}});
        QVERIFY(near(found.coverage, 0.75));
        QVERIFY(near(found.disagreement, 0.5));
    }

    void binsTileTheRangeInEqualParts() {
        const SmallArchive archive;
        const auto raster = rasterize(archive.rows, archive.order, {0, 5}, 2, Binning::Mean);
        QCOMPARE(raster.rows, std::size_t{3});
        QCOMPARE(raster.bins.size(), std::size_t{2});
        QCOMPARE(raster.bins[0].begin, std::size_t{0});
        QCOMPARE(raster.bins[0].end, std::size_t{2});
        QCOMPARE(raster.bins[1].begin, std::size_t{2});
        QCOMPARE(raster.bins[1].end, std::size_t{5});
    }

    void aBinHoldsTheMeanOfItsShares() {
        const SmallArchive archive;
        const auto raster = rasterize(archive.rows, archive.order, {0, 5}, 2, Binning::Mean);
        compareAll(raster.values, {0.75, 0.25 / 3, kAbsent, kAbsent, 0.25, 1.75 / 3});
    }

    void aBinHoldsTheLargestOfItsShares() {
        const SmallArchive archive;
        const auto raster = rasterize(archive.rows, archive.order, {0, 5}, 2, Binning::Max);
        compareAll(raster.values, {1.0, 0.25, kAbsent, kAbsent, 0.5, 1.0});
    }

    void totalsAndTheUnsolvedAreMeansOverTheBin() {
        const SmallArchive archive;
        for (const auto binning : {Binning::Mean, Binning::Max}) {
            const auto raster = rasterize(archive.rows, archive.order, {0, 5}, 2, binning);
            compareAll(raster.totals, {1.5, 2.0 / 3});
            compareAll(raster.unsolved, {0.0, 1.0 / 3});
        }
    }

    void aRasterFollowsTheOrderAndTheRange() {
        const SmallArchive archive;
        const std::vector<std::uint32_t> order{4, 3, 2, 1, 0};
        const auto raster = rasterize(archive.rows, order, {1, 4}, 10, Binning::Mean);
        QCOMPARE(raster.bins.size(), std::size_t{3});
        QCOMPARE(raster.bins[0].begin, std::size_t{1});
        QCOMPARE(raster.bins[2].end, std::size_t{4});
        compareAll(raster.values, {0, 0, 1, kAbsent, kAbsent, kAbsent, 1, 0, 0});
        compareAll(raster.unsolved, {0, 1, 0});
        compareAll(rasterize(archive.rows, order, {4, 99}, 10, Binning::Max).totals, {2.0});
    }

    void everyMeasureIsWhatItSays() {
        const std::vector<float> first{0.4f, 0.5f, 0.0f, 0.9f}, second{0.4f, 1.0f, 0.0f, 0.1f};
        const std::vector<std::span<const float>> rows{first, second};
        const std::vector<std::uint32_t> order{0, 1, 2, 3};
        const auto of = [&](NicheMeasure measure, Binning binning, std::size_t width) {
            return rasterize(rows, order, {0, 4}, width, binning, measure, second).values;
        };
        compareAll(of(NicheMeasure::Score, Binning::Mean, 4), {0.4, 0.5, 0, 0.9, 0.4, 1, 0, 0.1});
        compareAll(of(NicheMeasure::Solved, Binning::Mean, 2), {0.5, 0.5, 0.5, 0});
        compareAll(of(NicheMeasure::Share, Binning::Mean, 4), {0.5, 1.0 / 3, 0, 0.9, 0.5, 2.0 / 3, 0, 0.1});
        compareAll(of(NicheMeasure::Difference, Binning::Mean, 4), {0, -0.5, 0, 0.8, 0, 0, 0, 0});
        // Furthest from 0, with its sign.
        compareAll(of(NicheMeasure::Difference, Binning::Max, 2), {-0.5, 0.8, 0, 0});
        compareAll(of(NicheMeasure::Difference, Binning::Max, 1), {0.8, 0});
    }

    void anEmptyRangeOrWidthHasNoBins() {
        const SmallArchive archive;
        QVERIFY(rasterize(archive.rows, archive.order, {3, 3}, 10, Binning::Mean).bins.empty());
        QVERIFY(rasterize(archive.rows, archive.order, {5, 9}, 10, Binning::Mean).bins.empty());
        QVERIFY(rasterize(archive.rows, archive.order, {0, 5}, 0, Binning::Mean).values.empty());
    }

    void oneSolvedSampleAmongManyStaysVisibleUnderMax() {
        constexpr std::size_t kSamples = 60'000, kWidth = 1'200, kSolvedOne = 31'234;
        std::vector<float> scores(kSamples);
        scores[kSolvedOne] = 1.0f;
        const std::vector<std::span<const float>> rows{scores};
        std::vector<std::uint32_t> order(kSamples);
        std::iota(order.begin(), order.end(), 0u);
        const auto most = rasterize(rows, order, {0, kSamples}, kWidth, Binning::Max);
        const auto mean = rasterize(rows, order, {0, kSamples}, kWidth, Binning::Mean);
        std::vector<double> expected(kWidth);
        expected[kSolvedOne / 50] = 1.0;
        compareAll(most.values, expected);
        expected[kSolvedOne / 50] = 0.02;
        compareAll(mean.values, expected);
    }

    void samplesAreOrderedByGroupDifficultyOrOwner_data() {
        QTest::addColumn<int>("order");
        QTest::addColumn<QList<quint32>>("expected");
        QTest::newRow("group") << int(SampleOrder::Group) << QList<quint32>{1, 3, 5, 0, 2, 4};
        // Totals 1, 2, 0, 1, 2, 1.2: who is solved by most comes first, equals as they come.
        QTest::newRow("difficulty") << int(SampleOrder::Difficulty) << QList<quint32>{1, 4, 5, 0, 3, 2};
        // Of equals the first row owns; samples of one owner by difficulty; those of nobody last.
        QTest::newRow("owner") << int(SampleOrder::Owner) << QList<quint32>{1, 4, 3, 5, 0, 2};
    }
    void samplesAreOrderedByGroupDifficultyOrOwner() {
        QFETCH(int, order);
        QFETCH(QList<quint32>, expected);
        const std::vector<float> first{0, 1, 0, 1, 1, 0.2f}, last{1, 1, 0, 0, 1, 1};
        const std::vector<std::span<const float>> rows{first, {}, last};
        const std::vector<std::uint32_t> groups{1, 0, 1, 0, 1, 0};
        QCOMPARE(orderSamples(SampleOrder(order), rows, groups),
                 (std::vector<std::uint32_t>{expected.begin(), expected.end()}));
    }
};

MERGARIUM_SUITE(CoverageTest)
#include "coverage_test.moc"
