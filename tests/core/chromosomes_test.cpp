#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"
#include "core/search/search_space.h"
#include "core/store/births/cuts.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <set>
#include <stdexcept>

using namespace mergarium;

namespace {

/// 12 elements: attention has the positions 2, 3 and 6, 7, 8.
Layout layoutOfLayers() {
    Layout layout;
    layout.append("embed", {2});
    layout.append("0.attn.q", {2});
    layout.append("0.mlp", {2});
    layout.append("1.attn.q", {1});
    layout.append("1.attn.k", {2});
    layout.append("1.empty", {0});
    layout.append("1.mlp", {3});
    return layout;
}

const std::vector<ChromosomeRule> kAttention{{"attention", {"*attn*"}}};

std::string refusalOfRules(const std::vector<ChromosomeRule>& rules) {
    try {
        (void)chromosomesOf(rules, layoutOfLayers());
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

/// Attention: 0.25, from position 7 on 0.75; rest: 1, from position 4 on 0, from position 10 on 1.
Splice spliceOfBoth(Interpolation interpolation) {
    Splice splice{.splits = {}, .ratio = 0.0, .interpolation = interpolation};
    splice.chromosomes = chromosomesOf(kAttention, layoutOfLayers());
    splice.cuts = {{{7}, 0.25}, {{4, 10}, 1.0}};
    return splice;
}

void compareElements(const std::vector<float>& actual, const std::vector<double>& expected) {
    QCOMPARE(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
        QVERIFY2(std::abs(actual[i] - expected[i]) <= 1e-6,
                 qPrintable(QString("entry %1: %2 against %3").arg(i).arg(actual[i]).arg(expected[i])));
}

/// Of both kinds of genomes, which must agree.
std::vector<float> bredBothWays(const std::vector<float>& first, const std::vector<float>& second,
                                const Splice& splice) {
    const auto layout = layoutOfLayers();
    std::vector<float> asVector(first.size()), asRecipe(first.size());
    DenseBreeding(tensorEndsOf(layout)).breed(DenseGenome(first), DenseGenome(second), splice)->materialize(asVector);
    const auto gram = Gram::compute(Founders::ofVectors(layout, {{"first", first}, {"second", second}}));
    const RecipeGenome a(founderRecipe(0, 2, first.size()), gram), b(founderRecipe(1, 2, first.size()), gram);
    RecipeBreeding(gram).breed(a, b, splice)->materialize(asRecipe);
    compareElements(asRecipe, {asVector.begin(), asVector.end()});
    return asVector;
}

}  // namespace

class ChromosomesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tensorsAreGroupedAndWhatIsLeftIsTheRest() {
        const Chromosomes chromosomes(kAttention, layoutOfLayers());
        QCOMPARE(chromosomes.names(), (std::vector<std::string>{"attention", "rest"}));
        QCOMPARE(chromosomes.stretches(), (std::vector<Chromosomes::Stretch>{{2, 1}, {4, 0}, {6, 1}, {9, 0}, {12, 1}}));
        QCOMPARE(chromosomes.length(0), 5u);
        QCOMPARE(chromosomes.length(1), 7u);
        const std::vector<std::uint64_t> attention{2, 3, 6, 7, 8}, rest{0, 1, 4, 5, 9, 10, 11};
        for (std::uint64_t index = 0; index < 5; ++index) QCOMPARE(chromosomes.positionOf(0, index), attention[index]);
        for (std::uint64_t index = 0; index < 7; ++index) QCOMPARE(chromosomes.positionOf(1, index), rest[index]);
        const std::vector<std::uint64_t> before{0, 0, 0, 1, 2, 2, 2, 3, 4, 5, 5, 5, 5};
        for (std::uint64_t position = 0; position <= 12; ++position) {
            QCOMPARE(chromosomes.elementsBefore(0, position), before[position]);
            QCOMPARE(chromosomes.elementsBefore(1, position), position - before[position]);
        }
        QCOMPARE(chromosomes.chromosomeAt(3), std::size_t{0});
        QCOMPARE(chromosomes.chromosomeAt(4), std::size_t{1});
        QVERIFY(!chromosomesOf(std::vector<ChromosomeRule>(), layoutOfLayers()));
    }

    void theFirstPatternThatMatchesCounts() {
        const Chromosomes chromosomes(std::vector<ChromosomeRule>{{"keys", {"*.k"}}, {"layers", {"0.*", "1.*"}}},
                                      layoutOfLayers());
        QCOMPARE(chromosomes.names(), (std::vector<std::string>{"keys", "layers", "rest"}));
        QCOMPARE(chromosomes.stretches(), (std::vector<Chromosomes::Stretch>{{2, 2}, {7, 1}, {9, 0}, {12, 1}}));
    }

    void restMayBeNamed() {
        const std::vector<ChromosomeRule> named{{"rest", {}}, {"attention", {"*attn*"}}};
        const Chromosomes chromosomes(named, layoutOfLayers());
        QCOMPARE(chromosomes.names(), (std::vector<std::string>{"rest", "attention"}));
        QCOMPARE(chromosomes.length(0), 7u);
        const Chromosomes all(std::vector<ChromosomeRule>{{"attention", {"*attn*"}}, {"rest", {"*"}}},
                              layoutOfLayers());
        QCOMPARE(all, Chromosomes(kAttention, layoutOfLayers()));
    }

    void whatMatchesNothingIsRefused() {
        const auto pattern = QString::fromStdString(refusalOfRules({{"attention", {"*attn*", "*atn*"}}}));
        QVERIFY2(pattern.contains("'*atn*'") && pattern.contains("chromosome attention"), qPrintable(pattern));
        QVERIFY(refusalOfRules({{"attention", {"*.empty"}}}).find("attention") != std::string::npos);
        const auto taken = QString::fromStdString(refusalOfRules({{"all", {"*"}}, {"attention", {"*attn*"}}}));
        QVERIFY2(taken.contains("attention") && !taken.contains('\n'), qPrintable(taken));
        QVERIFY(!refusalOfRules({{"all", {"*"}}, {"rest", {}}}).empty());
    }

    void eachIsCutForItself() {
        QCOMPARE(stretchesOf(spliceOfBoth(Interpolation::Lerp), 12),
                 (std::vector<SpliceStretch>{
                     {2, 1.0, 2}, {4, 0.25, 0}, {6, 0.0, 3}, {7, 0.25, 0}, {9, 0.75, 1}, {10, 0.0, 3}, {12, 1.0, 4}}));
        compareElements(
            bredBothWays(std::vector<float>(12, 0.0f), std::vector<float>(12, 4.0f), spliceOfBoth(Interpolation::Lerp)),
            {4, 4, 1, 1, 0, 0, 1, 3, 3, 0, 4, 4});
    }

    void splitPointsBetweenTwoPartsAndTwiceInOnePlaceCount() {
        auto splice = spliceOfBoth(Interpolation::Lerp);
        // Where attention has none, where it begins, and twice the same.
        splice.cuts = {{{0, 5, 8, 8}, 0.25}, {{}, 0.5}};
        compareElements(bredBothWays(std::vector<float>(12, 0.0f), std::vector<float>(12, 4.0f), splice),
                        {2, 2, 3, 3, 2, 2, 1, 1, 1, 2, 2, 2});
    }

    void slerpPerSideTakesTheAngleOverAllOfASide() {
        auto splice = spliceOfBoth(Interpolation::SlerpPerSide);
        splice.cuts = {{{7}, 0.5}, {{}, 0.0}};
        // Attention before 7: positions 2, 3, 6: (1, 0, 0) and (0, 0, 1) are orthogonal, though each part is not.
        // From 7 on: (2, 2) and (4, 4) are parallel.
        const double half = std::sqrt(0.5);
        compareElements(
            bredBothWays({9, 9, 1, 0, 9, 9, 0, 2, 2, 9, 9, 9}, {1, 2, 0, 0, 3, 4, 1, 4, 4, 5, 6, 7}, splice),
            {9, 9, half, 0, 9, 9, half, 3, 3, 9, 9, 9});
    }

    void slerpTakesTheAngleOverTheWholeVectors() {
        const std::vector<float> first{1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0}, second{4, -3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        auto splice = spliceOfBoth(Interpolation::Slerp);
        splice.cuts = {{{3}, 0.25}, {{1}, 0.25}};
        const auto left = bredBothWays(first, second, {.splits = {}, .ratio = 0.25});
        const auto right = bredBothWays(first, second, {.splits = {}, .ratio = 0.75});
        compareElements(bredBothWays(first, second, splice),
                        {left[0], right[1], left[2], right[3], 0, 0, 0, 0, 0, 0, 0, 0});
    }

    void slerpPerTensorKeepsTensorsApart() {
        const std::vector<float> first{1, 0, 2, 1, 0, 3, 1, 1, 2, 3, 1, 2}, second{0, 1, 1, 1, 2, 0, 3, 1, 1, 1, 0, 4};
        auto splice = spliceOfBoth(Interpolation::SlerpPerTensor);
        splice.cuts = {{{}, 0.25}, {{}, 0.25}};
        const auto plain =
            bredBothWays(first, second, {.splits = {}, .ratio = 0.25, .interpolation = Interpolation::SlerpPerTensor});
        compareElements(bredBothWays(first, second, splice), {plain.begin(), plain.end()});
    }

    void oneChromosomeIsDrawnAsTheWholeVectorIs_data() {
        QTest::addColumn<bool>("beta");
        QTest::newRow("uniform") << false;
        QTest::newRow("beta") << true;
    }
    void oneChromosomeIsDrawnAsTheWholeVectorIs() {
        QFETCH(bool, beta);
        SpliceRule rule{.splits = {1, 9}};
        if (beta) rule.ratio = BetaRatio{0.3};
        rule.chromosomes = {{"all", {"*"}}};
        const auto chromosomes = chromosomesOf(rule, layoutOfLayers());
        for (std::uint64_t step = 1; step < 50; ++step) {
            const auto whole = drawSplice(rule, 12, 42, step);
            const auto one = drawSplice(rule, 12, 42, step, {}, chromosomes);
            QCOMPARE(one.cuts.size(), std::size_t{1});
            QCOMPARE(one.cuts[0].splits, whole.splits);
            QCOMPARE(one.cuts[0].ratio, whole.ratio);
            QCOMPARE(stretchesOf(one, 12), stretchesOf(whole, 12));
        }
    }

    void splitPointsAreDrawnWithinTheirChromosome() {
        const SpliceRule rule{.splits = {2, 2}, .chromosomes = kAttention};
        const auto chromosomes = chromosomesOf(rule, layoutOfLayers());
        std::set<std::uint64_t> seen[2];
        int alike = 0;
        for (std::uint64_t step = 1; step < 200; ++step) {
            const auto splice = drawSplice(rule, 12, 42, step, {}, chromosomes);
            QVERIFY(splice.splits.empty());
            QCOMPARE(splice.ratio, 0.0);
            QCOMPARE(splitCountOf(splice), std::size_t{4});
            alike += splice.cuts[0].ratio == splice.cuts[1].ratio;
            for (const std::size_t index : {0u, 1u}) {
                QVERIFY(std::ranges::is_sorted(splice.cuts[index].splits));
                seen[index].insert(splice.cuts[index].splits.begin(), splice.cuts[index].splits.end());
            }
            QCOMPARE(drawSplice(rule, 12, 42, step, {}, chromosomesOf(rule, layoutOfLayers())), splice);
        }
        QCOMPARE(seen[0], (std::set<std::uint64_t>{2, 3, 6, 7, 8}));
        QCOMPARE(seen[1], (std::set<std::uint64_t>{0, 1, 4, 5, 9, 10, 11}));
        QCOMPARE(alike, 0);
    }

    void splitPointsSnapWithinTheirChromosome() {
        SpliceRule rule{.splits = {1, 1}, .snap = Snap::Tensor, .chromosomes = kAttention};
        const auto layout = layoutOfLayers();
        const auto boundaries = boundariesOf(rule.snap, layout);
        const auto chromosomes = chromosomesOf(rule, layout);
        QCOMPARE(boundariesWithin(*chromosomes, 0, boundaries), (std::vector<std::uint64_t>{2, 3}));
        QCOMPARE(boundariesWithin(*chromosomes, 1, boundaries), (std::vector<std::uint64_t>{2, 4}));
        std::set<std::uint64_t> seen[2];
        for (std::uint64_t step = 1; step < 100; ++step) {
            const auto splice = drawSplice(rule, 12, 42, step, boundaries, chromosomes);
            for (const std::size_t index : {0u, 1u})
                seen[index].insert(splice.cuts[index].splits.begin(), splice.cuts[index].splits.end());
        }
        QCOMPARE(seen[0], (std::set<std::uint64_t>{6, 7}));
        QCOMPARE(seen[1], (std::set<std::uint64_t>{4, 9}));
        rule.chromosomes = {{"keys", {"*.k"}}};
        QVERIFY_EXCEPTION_THROWN((void)chromosomesOf(rule, layout), std::runtime_error);
    }

    void splicesAreEqualWhereTheirChromosomesLieAlike() {
        auto one = spliceOfBoth(Interpolation::Lerp), other = spliceOfBoth(Interpolation::Lerp);
        QVERIFY(one == other);
        other.cuts[1].splits[0] = 5;
        QVERIFY(!(one == other));
        other = spliceOfBoth(Interpolation::Lerp);
        other.chromosomes = chromosomesOf(std::vector<ChromosomeRule>{{"mlp", {"*mlp"}}}, layoutOfLayers());
        QVERIFY(!(one == other));
        takeFirstParent(one);
        QVERIFY(one == (Splice{.splits = {}, .ratio = 0.0, .interpolation = Interpolation::Lerp}));
    }

    void cutsAreStoredAndReadBack() {
        const auto cuts = spliceOfBoth(Interpolation::Lerp).cuts;
        const auto blob = packCuts(cuts);
        QCOMPARE(blob.size(), std::size_t{8 * 7});
        QCOMPARE(unpackCuts(blob, 2, 12), cuts);
        QCOMPARE(unpackCuts(packCuts(std::vector<ChromosomeCut>{{{}, 1.0}}), 1, 12),
                 (std::vector<ChromosomeCut>{{{}, 1.0}}));
    }

    void damagedCutsAreRefused_data() {
        QTest::addColumn<int>("word");
        QTest::addColumn<quint64>("value");
        QTest::addColumn<int>("words");
        QTest::addColumn<int>("chromosomes");
        // 1, 7, 0.25, 2, 4, 10, 1.0
        QTest::newRow("one chromosome more") << 0 << quint64{1} << 7 << 3;
        QTest::newRow("one less") << 0 << quint64{1} << 7 << 1;
        QTest::newRow("cut short") << 0 << quint64{1} << 6 << 2;
        QTest::newRow("more than there is") << 0 << ~quint64{0} << 7 << 2;
        QTest::newRow("more than there is, whose bytes are none") << 0 << (quint64{1} << 61) << 7 << 2;
        QTest::newRow("behind the vector") << 5 << quint64{12} << 7 << 2;
        QTest::newRow("descending") << 4 << quint64{11} << 7 << 2;
        QTest::newRow("ratio above 1") << 2 << std::bit_cast<quint64>(1.5) << 7 << 2;
        QTest::newRow("ratio below 0") << 6 << std::bit_cast<quint64>(-0.5) << 7 << 2;
        QTest::newRow("ratio no number") << 2 << std::bit_cast<quint64>(std::nan("")) << 7 << 2;
    }
    void damagedCutsAreRefused() {
        QFETCH(int, word);
        QFETCH(quint64, value);
        QFETCH(int, words);
        QFETCH(int, chromosomes);
        auto blob = packCuts(spliceOfBoth(Interpolation::Lerp).cuts);
        std::memcpy(blob.data() + 8 * word, &value, sizeof value);
        blob.resize(static_cast<std::size_t>(8 * words));
        QVERIFY_EXCEPTION_THROWN((void)unpackCuts(blob, static_cast<std::size_t>(chromosomes), 12), std::runtime_error);
    }

    void wishesCountInTheirChromosomeAndTheOthersGoByTheRest() {
        const Chromosomes chromosomes(kAttention, layoutOfLayers());
        const std::vector<ChromosomeWish> wishes{{{"attention", {}}, {0.5, std::uint64_t{7}}, 0.3}};
        QCOMPARE(cutsOf(chromosomes, wishes, {{}, {0.5}, 0.9}),
                 (std::vector<ChromosomeCut>{{{6, 7}, 0.3}, {{5}, 0.9}}));
        const std::vector<ChromosomeWish> unknown{{{"attn", {}}, {}, 0.3}};
        QVERIFY_EXCEPTION_THROWN((void)cutsOf(chromosomes, unknown, {}), std::runtime_error);
        const std::vector<ChromosomeWish> beyond{{{"attention", {}}, {std::uint64_t{12}}, 0.3}};
        QVERIFY_EXCEPTION_THROWN((void)cutsOf(chromosomes, beyond, {}), std::runtime_error);
        const std::vector<ChromosomeWish> heavy{{{"attention", {}}, {}, 1.1}};
        QVERIFY_EXCEPTION_THROWN((void)cutsOf(chromosomes, heavy, {}), std::runtime_error);
    }

    void splicesAreWorded() {
        QCOMPARE(wordsOf({.splits = {1, 2, 3}, .ratio = 0.5}, 2), std::string("ratio 0.5, split at 1, 2 and 1 more"));
        QCOMPARE(wordsOf({.splits = {}, .ratio = 0.5}, 2), std::string("ratio 0.5"));
        QCOMPARE(wordsOf(spliceOfBoth(Interpolation::Lerp), 8),
                 std::string("attention: ratio 0.25, split at 7; rest: ratio 1, split at 4, 10"));
    }
};

MERGARIUM_SUITE(ChromosomesTest)
#include "chromosomes_test.moc"
