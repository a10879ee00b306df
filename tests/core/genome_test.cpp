#include "core/genome/dense_genome.h"
#include "core/genome/interpolation.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>
#include <numbers>
#include <set>

using namespace mergarium;

namespace {

std::vector<float> bred(std::vector<float> first, std::vector<float> second, const Splice& splice) {
    std::vector<float> child(first.size(), std::nanf(""));
    DenseBreeding({first.size()})
        .breed(DenseGenome(std::move(first)), DenseGenome(std::move(second)), splice)
        ->materialize(child);
    return child;
}

void compareAll(const std::vector<float>& actual, const std::vector<double>& expected, double tolerance = 1e-6) {
    QCOMPARE(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
        QVERIFY2(std::abs(actual[i] - expected[i]) <= tolerance,
                 qPrintable(QString("entry %1: %2 against %3").arg(i).arg(actual[i]).arg(expected[i])));
}

}  // namespace

class GenomeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void slerpMatchesTheReference_data() {
        QTest::addColumn<quint64>("split");
        QTest::addColumn<QList<double>>("expected");
        QTest::newRow("at 0: only the far side")
            << quint64{0} << QList<double>{3.7682259, -1.9144949, 2.712908, 2.185249};
        QTest::newRow("after the first") << quint64{1} << QList<double>{2.185249, -1.9144949, 2.712908, 2.185249};
        QTest::newRow("before the last") << quint64{3} << QList<double>{2.185249, 0.7237999, 3.2405669, 2.185249};
    }
    void slerpMatchesTheReference() {
        QFETCH(quint64, split);
        QFETCH(QList<double>, expected);
        const auto child = bred({1, 2, 3, 4}, {4, -3, 2, 1}, {.splits = {split}, .ratio = 0.25});
        compareAll(child, {expected.begin(), expected.end()});
    }

    void theAngleIsExactWhereArcCosineIsNot() {
        QVERIFY(std::abs(angleBetween({30, 8, 30}) - 1.3008635) < 1e-6);
        QCOMPARE(angleBetween({4, 0, 9}), std::numbers::pi / 2);
        QCOMPARE(angleBetween({0, 0, 9}), 0.0);
        QVERIFY(std::abs(angleBetween({1, -1, 1}) - std::numbers::pi) < 1e-9);
    }

    void ratioZeroIsParentOneAndRatioOneIsParentTwo() {
        for (const auto interpolation : {Interpolation::Slerp, Interpolation::SlerpPerSide, Interpolation::Lerp}) {
            compareAll(bred({1, 2, 3}, {-2, 5, 1}, {.splits = {}, .ratio = 0, .interpolation = interpolation}),
                       {1, 2, 3});
            compareAll(bred({1, 2, 3}, {-2, 5, 1}, {.splits = {}, .ratio = 1, .interpolation = interpolation}),
                       {-2, 5, 1});
        }
    }

    void severalSplitsAlternate() {
        const Splice splice{.splits = {1, 3, 3, 4}, .ratio = 0.25, .interpolation = Interpolation::Lerp};
        compareAll(bred({0, 0, 0, 0, 0}, {1, 1, 1, 1, 1}, splice), {0.25, 0.75, 0.75, 0.75, 0.25});
    }

    void withoutASplitPointOneRatioHoldsEverywhere() {
        compareAll(bred({0, 0, 0}, {4, 4, 4}, {.splits = {}, .ratio = 0.25, .interpolation = Interpolation::Lerp}),
                   {1, 1, 1});
    }

    void slerpPerSideTakesEachSidesOwnAngle() {
        // Left sides are orthogonal, right sides parallel: cos 45 degrees on the left, plain averages on the right.
        const auto child = bred({1, 0, 2, 2}, {0, 1, 4, 4},
                                {.splits = {2}, .ratio = 0.5, .interpolation = Interpolation::SlerpPerSide});
        const double half = std::sqrt(0.5);
        compareAll(child, {half, half, 3, 3});
    }

    void identicalParentsGiveThemselves() {
        compareAll(bred({1, -2, 3}, {1, -2, 3}, {.splits = {1}, .ratio = 0.3}), {1, -2, 3});
    }

    void zeroVectorsAreMixedLinearly() {
        compareAll(bred({0, 0}, {2, 4}, {.splits = {}, .ratio = 0.25}), {0.5, 1});
        compareAll(bred({0, 0}, {0, 0}, {.splits = {1}, .ratio = 0.25}), {0, 0});
    }

    void antiparallelVectorsAreMixedLinearly() {
        compareAll(bred({1, 2}, {-1, -2}, {.splits = {}, .ratio = 0.25}), {0.5, 1});
        compareAll(bred({1, 2}, {-1, -2}, {.splits = {}, .ratio = 0.5}), {0, 0});
    }

    void mutationAddsTheSameNoiseAgain() {
        const Splice splice{
            .splits = {}, .ratio = 0, .interpolation = Interpolation::Slerp, .mutation = Mutation{0.01, 77}};
        const auto once = bred(std::vector<float>(5000), std::vector<float>(5000), splice);
        QCOMPARE(bred(std::vector<float>(5000), std::vector<float>(5000), splice), once);
        double squares = 0;
        for (const float value : once) squares += value * value;
        QVERIFY(std::abs(std::sqrt(squares / 5000) - 0.01) < 0.0005);
    }

    void aKeptChildIsTheOneThatWasScored() {
        const DenseBreeding breeding({3});
        std::vector<float> child(3), kept(3);
        GenomePtr scored, other;
        {
            // The parents need not live until it is kept.
            const DenseGenome first({1, 2, 3}, founderRecipe(0, 2, 3)), second({3, 2, 2}, founderRecipe(1, 2, 3));
            scored = breeding.breed(first, second, {.splits = {1}, .ratio = 0.4});
            other = breeding.breed(second, first, {.splits = {2}, .ratio = 0.1});
        }
        scored->materialize(child);
        const auto member = breeding.keep(scored);
        member->materialize(kept);
        QCOMPARE(kept, child);
        QCOMPARE(member->recipe()->ends, (std::vector<std::uint64_t>{1, 3}));
        QCOMPARE(breeding.keep(member), member);
        QCOMPARE(breeding.keep(other)->recipe()->ends, (std::vector<std::uint64_t>{2, 3}));
    }

    void parentsOfDifferentLengthAreRefused() {
        QVERIFY_EXCEPTION_THROWN(DenseBreeding({3}).breed(DenseGenome({1, 2, 3}), DenseGenome({1, 2}), {}),
                                 std::invalid_argument);
    }

    void slerpIsLinearWhereTheSineIsAtMostAMillionth() {
        // Nearly antiparallel, where the two differ most.
        const auto gramAt = [](double off) { return PairGram{1.0, -1.0 + off * off / 2.0, 1.0}; };
        QVERIFY(std::abs(slerp(gramAt(0.9e-6), 0.25).first - 0.75) < 1e-12);
        QVERIFY(std::abs(slerp(gramAt(1.1e-6), 0.25).first - std::sqrt(0.5) / 1.1e-6) < 1e3);
    }

    void everyStepHasNoiseOfItsOwn() {
        const SpliceRule rule{.mutation = 0.01};
        std::set<std::uint64_t> seeds;
        for (std::uint64_t run : {1u, 2u})
            for (std::uint64_t step = 1; step <= 500; ++step)
                seeds.insert(drawSplice(rule, 50, run, step).mutation->seed);
        QCOMPARE(seeds.size(), std::size_t{1000});
        QVERIFY(!drawSplice({}, 50, 1, 1).mutation);
    }

    void betaRatiosLieWhereTheirShapeSays() {
        const auto variance = [](const SpliceRule& rule) {
            double squares = 0.0;
            for (std::uint64_t step = 1; step <= 2000; ++step)
                squares += std::pow(drawSplice(rule, 50, 1, step).ratio - 0.5, 2.0) / 2000.0;
            return squares;
        };
        // 1 / (4 (2 shape + 1))
        QVERIFY(std::abs(variance({}) - 1.0 / 12) < 0.006);
        QVERIFY(std::abs(variance({.ratio = BetaRatio{0.2}}) - 1.0 / 5.6) < 0.01);
        QVERIFY(std::abs(variance({.ratio = BetaRatio{12.0}}) - 0.01) < 0.001);
    }

    void splicesAreDrawnWithinTheirRule() {
        const SpliceRule rule{
            .splits = {2, 9}, .ratio = BetaRatio{0.3}, .interpolation = Interpolation::Lerp, .mutation = 0.02};
        std::set<std::size_t> counts;
        for (std::uint64_t step = 1; step <= 300; ++step) {
            const auto splice = drawSplice(rule, 50, 5, step);
            counts.insert(splice.splits.size());
            QVERIFY(std::is_sorted(splice.splits.begin(), splice.splits.end()));
            QVERIFY(splice.splits.back() < 50);
            QVERIFY(splice.ratio >= 0 && splice.ratio <= 1);
            QCOMPARE(splice.mutation->sigma, 0.02);
            QCOMPARE(drawSplice(rule, 50, 5, step), splice);
        }
        QCOMPARE(*counts.begin(), 2u);
        QCOMPARE(*counts.rbegin(), 9u);
    }

    void tensorsThatPointAlmostTheSameWayAreMixedLinearly() {
        const DenseBreeding breeding({2});
        for (const auto& [cosine, linear] : {std::pair(0.998, false), std::pair(0.9997, true)}) {
            const double angle = std::acos(cosine);
            const DenseGenome first({1.0f, 0.0f});
            const DenseGenome second({static_cast<float>(cosine), static_cast<float>(std::sin(angle))});
            const auto child = breeding.breed(
                first, second, {.splits = {}, .ratio = 0.5, .interpolation = Interpolation::SlerpPerTensor});
            std::vector<float> values(2);
            child->materialize(values);
            const double weight = linear ? 0.5 : std::sin(angle / 2.0) / std::sin(angle);
            // Linear and spherical differ by 0.0005 and 0.00008.
            QVERIFY(std::abs(static_cast<double>(values[0]) - weight * (1.0 + cosine)) < 1e-5);
        }
    }
};

MERGARIUM_SUITE(GenomeTest)
#include "genome_test.moc"
