#include "core/files/bytes.h"
#include "core/genes/gene_runs.h"
#include "core/store/births/cuts.h"
#include "tests/support/gene_examples.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace mergarium;
using namespace mergarium::test;

class GenesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void genesAreNumberedInDepthOrderAndHoldEveryElementOnce() {
        const auto layout = layoutOfUnits();
        const auto genes = genesOfUnits(layout);
        QCOMPARE(genes->length(), layout.length());
        QCOMPARE(genes->groups(), (std::vector<Genes::Group>{{"hidden units", 70}, {"norm", 1}, {"output biases", 3}}));
        QCOMPARE(genes->size(), std::uint64_t{74});
        // Unit 7: its row, its bias, its column.
        QCOMPARE(genes->elementsOf(7), std::uint64_t{40 + 1 + 3});
        QCOMPARE(genes->at(7 * 40 + 39), std::uint64_t{7});
        QCOMPARE(genes->at(2800 + 7), std::uint64_t{7});
        QCOMPARE(genes->at(2875 + 70 + 7), std::uint64_t{7});
        QCOMPARE(genes->at(2870), std::uint64_t{70});
        QCOMPARE(genes->at(layout.length() - 1), std::uint64_t{73});
        std::vector<std::uint64_t> counts(genes->size());
        genes->forEachStretch(0, layout.length(), [&](std::uint64_t gene, std::uint64_t begin, std::uint64_t count) {
            for (auto i = begin; i < begin + count; ++i) QCOMPARE(genes->at(i), gene);
            counts[gene] += count;
        });
        for (std::uint64_t gene = 0; gene < genes->size(); ++gene) QCOMPARE(counts[gene], genes->elementsOf(gene));
    }

    void aDivisionThatIsNoneIsRefused() {
        const Genes::Part whole{.begin = 0, .outer = 1, .extent = 2, .inner = 3, .genes = {0, 1}};
        auto gap = whole;
        gap.begin = 1;
        auto unknown = whole;
        unknown.genes = {0, 2};
        auto empty = whole;
        empty.genes = {0, 0};
        for (const auto& part : {gap, unknown, empty})
            QVERIFY_EXCEPTION_THROWN(Genes({part}, {{"a", 2}}), std::invalid_argument);
        const auto layout = layoutOfUnits();
        GeneBuilder builder(layout);
        const auto one = builder.open("one", 1);
        QVERIFY(!builder.give("nowhere", one));
        QVERIFY(builder.give("norm", one));
        QVERIFY(!builder.isOpen("norm"));
        QVERIFY_EXCEPTION_THROWN(builder.give("norm", one), std::logic_error);
    }

    void tensorsAndLayersAreGenesToo() {
        Layout layout;
        layout.append("0.a", {2, 2});
        layout.append("0.b", {});
        layout.append("1.a", {3});
        layout.append("1.none", {0});
        QCOMPARE(tensorGenes(layout)->size(), std::uint64_t{3});
        const auto layers = layerGenes(layout);
        QCOMPARE(layers->groups(), (std::vector<Genes::Group>{{"0", 1}, {"1", 1}}));
        QCOMPARE(layers->elementsOf(0), std::uint64_t{5});
        QCOMPARE(layers->at(5), std::uint64_t{1});
    }

    void genesArePackedInFewBytesAndReadBack() {
        const auto layout = layoutOfUnits();
        const auto genes = genesOfUnits(layout);
        const auto packed = packGenes(*genes);
        QVERIFY(packed.size() < 500);
        QVERIFY(*unpackGenes(packed, layout.length()) == *genes);
        QCOMPARE(runsOf(std::vector<std::uint32_t>{5, 5, 5, 6, 7, 3, 9}),
                 (std::vector<GeneRun>{{5, 3, 0}, {6, 2, 1}, {3, 1, 0}, {9, 1, 0}}));
        // Cut short, of another vector, and any byte of it changed: refused, or genes all the same.
        QVERIFY(isRefused([&] { (void)unpackGenes(packed, layout.length() + 1); }));
        for (std::size_t size = 0; size < packed.size(); ++size)
            QVERIFY(isRefused([&] { (void)unpackGenes(std::span(packed).first(size), layout.length()); }));
        for (std::size_t at = 0; at < packed.size(); ++at) {
            auto changed = packed;
            changed[at] ^= std::byte{0x81};
            try {
                QCOMPARE(unpackGenes(changed, layout.length())->length(), layout.length());
            } catch (const std::runtime_error&) {
            }
        }
    }

    void aClaimOfMoreGenesThanTheBytesHoldTakesNoMemory() {
        ByteWriter out;
        out.number(std::uint64_t{1});
        out.text("all");
        out.number(std::uint64_t{1});
        out.number(std::uint64_t{1});
        for (const std::uint64_t extent : {std::uint64_t{1}, std::uint64_t{1} << 32, std::uint64_t{1}})
            out.number(extent);
        out.number(std::uint64_t{1});
        out.numbers(std::vector<std::uint32_t>{0, 0xffffffff, 0});
        QVERIFY(isRefused([&] { (void)unpackGenes(std::move(out).take(), std::uint64_t{1} << 32); }));
    }

    void howMuchOfAGeneIsDrawnForEachOfThem() {
        constexpr std::uint64_t kGenes = 20'000;
        // Leaning to the second parent by its chance: a ratio r or 1 - r, whichever is larger, counts for it.
        for (const auto& ratio : {RatioRule(UniformRatio{}), RatioRule(BetaRatio{0.3})}) {
            const auto stretches = stretchesOf(eachOf(4, 0.25, ratio), kGenes);
            QCOMPARE(stretches.size(), kGenes);
            const auto leaning = std::ranges::count_if(stretches, [](const auto& one) { return one.ratio > 0.5; });
            QVERIFY(std::abs(static_cast<double>(leaning) / kGenes - 0.25) < 0.015);
            for (const auto& one : stretches) QVERIFY(one.ratio >= 0.0 && one.ratio <= 1.0);
        }
        double distance = 0.0;
        for (const auto& one : stretchesOf(eachOf(4, 0.5, UniformRatio{}), kGenes))
            distance += std::abs(one.ratio - 0.5);
        QVERIFY(std::abs(distance / kGenes - 0.25) < 0.01);
    }

    void chancesAreDrawnOnceForAChild() {
        SpliceRule rule{.ratio = WholeRatio{}, .inherit = Inherit::Each};
        QCOMPARE(drawSplice(rule, 100, 1, 1).each->chance, 0.5);
        rule.chance = UniformRatio{};
        double sum = 0.0, squares = 0.0;
        for (std::uint64_t step = 1; step <= 2000; ++step) {
            const auto splice = drawSplice(rule, 100, 1, step);
            QVERIFY(splice.splits.empty() && splice.ratio == 0.0);
            QVERIFY(splice == drawSplice(rule, 100, 1, step));
            sum += splice.each->chance;
            squares += splice.each->chance * splice.each->chance;
        }
        const double mean = sum / 2000;
        QVERIFY(std::abs(mean - 0.5) < 0.03);
        QVERIFY(std::abs(squares / 2000 - mean * mean - 1.0 / 12) < 0.01);
        rule.chance = BetaRatio{0.05};
        int extreme = 0;
        for (std::uint64_t step = 1; step <= 500; ++step) {
            const double chance = drawSplice(rule, 100, 1, step).each->chance;
            extreme += chance < 0.1 || chance > 0.9;
        }
        QVERIFY(extreme > 350);
    }

    void wholeRatiosOfSplitsAreNoughtOrOne() {
        const SpliceRule rule{.splits = {3, 3}, .ratio = WholeRatio{}};
        int ones = 0;
        for (std::uint64_t step = 1; step <= 1000; ++step) {
            const double ratio = drawSplice(rule, 100, 1, step).ratio;
            QVERIFY(ratio == 0.0 || ratio == 1.0);
            ones += ratio == 1.0;
        }
        QVERIFY(ones > 430 && ones < 570);
    }

    void inheritancesAreStoredAndReadBack() {
        for (const auto& ratio : {RatioRule(WholeRatio{}), RatioRule(UniformRatio{}), RatioRule(BetaRatio{0.05})}) {
            const Inheritance each{.seed = 0xfedcba9876543210, .chance = 0.3, .ratio = ratio};
            QCOMPARE(unpackInheritance(packInheritance(each)), each);
        }
        const auto refuses = [](std::size_t at, double number) {
            auto blob = packInheritance({.seed = 1, .chance = 0.5, .ratio = BetaRatio{0.3}});
            std::memcpy(blob.data() + at, &number, sizeof number);
            return isRefused([&] { (void)unpackInheritance(blob); });
        };
        QVERIFY(refuses(8, 1.5) && refuses(8, std::nan("")) && refuses(16, 1.0) && refuses(24, 0.0) &&
                refuses(24, HUGE_VAL));
        QVERIFY(isRefused([] { (void)unpackInheritance({}); }));
    }
};

MERGARIUM_SUITE(GenesTest)
#include "genes_test.moc"
