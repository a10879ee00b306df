#include "core/files/bytes.h"
#include "core/genes/gene_runs.h"
#include "core/genome/dense_genome.h"
#include "core/genome/materialize.h"
#include "core/genome/recipe_genome.h"
#include "core/random/random_stream.h"
#include "core/store/births/cuts.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

using namespace mergarium;

namespace {

/// Two layers of a perceptron: 40 inputs, 70 hidden units, 3 outputs. Rows of `in` are long enough to be mixed as
/// stretches, those of `out` are not.
Layout layoutOfUnits(DType dtype = DType::F32) {
    Layout layout;
    layout.append("in.weight", {70, 40}, dtype);
    layout.append("in.bias", {70}, dtype);
    layout.append("norm", {5}, dtype);
    layout.append("out.weight", {3, 70}, dtype);
    layout.append("out.bias", {3}, dtype);
    return layout;
}

std::vector<std::uint32_t> countedFrom(std::uint32_t first, std::size_t count) {
    std::vector<std::uint32_t> genes(count);
    std::iota(genes.begin(), genes.end(), first);
    return genes;
}

/// 70 hidden units, the norm, 3 output biases.
GenesPtr genesOfUnits(const Layout& layout) {
    GeneBuilder builder(layout);
    const auto biases = builder.open("output biases", 3);
    const auto units = builder.open("hidden units", 70);
    builder.cut("in.weight", 0, countedFrom(units, 70));
    builder.cut("in.bias", 0, countedFrom(units, 70));
    builder.cut("out.weight", 1, countedFrom(units, 70));
    builder.cut("out.bias", 0, countedFrom(biases, 3));
    return std::move(builder).build();
}

std::vector<float> randomVector(std::uint64_t seed, std::size_t length) {
    RandomStream stream(seed, 0, Purpose::FounderWeights);
    std::vector<float> values(length);
    for (auto& value : values) value = static_cast<float>(stream.normal());
    return values;
}

FoundersPtr foundersOf(const Layout& layout, std::size_t count) {
    std::vector<std::pair<std::string, std::vector<float>>> named;
    for (std::size_t k = 0; k < count; ++k) named.emplace_back("founder", randomVector(k + 1, layout.length()));
    return Founders::ofVectors(layout, std::move(named));
}

/// The same numbers in element types of their own.
FoundersPtr halfFounders(const Layout& layout, std::size_t count) {
    std::vector<FounderModel> models;
    for (std::size_t k = 0; k < count; ++k) {
        const auto dtype = k % 2 == 0 ? DType::BF16 : DType::F16;
        auto stored = std::make_shared<std::vector<std::byte>>(layout.length() * 2);
        fromFloats(dtype, randomVector(k + 1, layout.length()), stored->data());
        // Cut where no tensor and no gene ends.
        const std::uint64_t cut = 1234;
        models.push_back(
            {"founder",
             "",
             {{0, cut, dtype, stored->data()}, {cut, layout.length() - cut, dtype, stored->data() + 2 * cut}},
             stored});
    }
    return std::make_shared<const Founders>(layout, std::move(models));
}

/// Every gene with random coefficients of its own, some of them 0.
Recipe randomRecipe(const GenesPtr& genes, std::size_t founders, std::uint64_t seed) {
    Recipe recipe{.founders = founders, .ends = {}, .coefficients = {}, .genes = genes};
    RandomStream stream(seed, 0, Purpose::MixingRatio);
    for (std::uint64_t gene = 0; gene < genes->size(); ++gene) {
        std::vector<double> coefficients;
        for (std::size_t k = 0; k < founders; ++k)
            coefficients.push_back(stream.uniform() < 0.3 ? 0.0 : static_cast<float>(stream.normal()));
        // Some neighbours are alike, and one founder's alone.
        if (gene % 5 == 1) std::ranges::copy(recipe.of(recipe.spans() - 1), coefficients.begin());
        if (gene % 7 == 2) {
            std::ranges::fill(coefficients, 0.0);
            coefficients[gene % founders] = 1.0;
        }
        appendSpan(recipe, gene + 1, coefficients);
    }
    return recipe;
}

/// Element by element, founder by founder, in fp32, as materialising is defined.
std::vector<float> expectedOf(const Recipe& recipe, const Founders& founders) {
    std::vector<std::vector<float>> all;
    for (std::size_t k = 0; k < founders.size(); ++k) founders.read(k, 0, all.emplace_back(founders.length()));
    std::vector<float> expected(founders.length());
    for (std::uint64_t i = 0; i < expected.size(); ++i) {
        const auto gene = recipe.genes->at(i);
        const auto span = std::ranges::upper_bound(recipe.ends, gene) - recipe.ends.begin();
        bool any = false;
        for (std::size_t k = 0; k < founders.size(); ++k) {
            const double coefficient = recipe.of(static_cast<std::size_t>(span))[k];
            if (coefficient == 0.0) continue;
            const float product = static_cast<float>(coefficient) * all[k][i];
            expected[i] = any ? expected[i] + product : product;
            any = true;
        }
    }
    return expected;
}

bool sameBits(std::span<const float> one, std::span<const float> other) {
    return std::ranges::equal(one, other, [](float a, float b) {
        // A sum of nothing may be -0.
        return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (a == 0.0F && b == 0.0F);
    });
}

template <typename Work>
bool isRefused(Work work) {
    return test::messageOf(work) != "nothing was thrown";
}

Splice eachOf(std::uint64_t seed, double chance, RatioRule ratio = WholeRatio{}) {
    Splice splice{.splits = {}, .ratio = 0.0, .interpolation = Interpolation::Slerp};
    splice.each = Inheritance{.seed = seed, .chance = chance, .ratio = ratio};
    return splice;
}

}  // namespace

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

    void materialisingMixesEveryElementAsItsGeneSays() {
        for (const auto dtype : {DType::F32, DType::BF16}) {
            const auto layout = layoutOfUnits(dtype);
            const auto genes = genesOfUnits(layout);
            const auto founders = dtype == DType::F32 ? foundersOf(layout, 4) : halfFounders(layout, 4);
            for (std::uint64_t seed = 1; seed <= 20; ++seed) {
                const auto recipe = randomRecipe(genes, 4, seed);
                const auto expected = expectedOf(recipe, *founders);
                std::vector<float> all(layout.length());
                materializeAll(recipe, *founders, all);
                QVERIFY(sameBits(all, expected));
                // Any stretch of it is the same.
                RandomStream draws(seed, 1, Purpose::SplitPoints);
                for (int i = 0; i < 20; ++i) {
                    const auto begin = draws.below(layout.length());
                    std::vector<float> part(1 + draws.below(layout.length() - begin));
                    materializeRange(recipe, *founders, begin, part);
                    QVERIFY(sameBits(part, std::span(expected).subspan(begin, part.size())));
                }
                std::vector<std::byte> rounded(layout.length() * 2), own(layout.length() * 2);
                materializeAllAs(recipe, *founders, DType::BF16, rounded.data());
                fromFloats(DType::BF16, all, own.data());
                QVERIFY(rounded == own);
            }
        }
    }

    void gramSumsAreOverTheElementsOfGenes() {
        const auto layout = layoutOfUnits();
        const auto genes = genesOfUnits(layout);
        const auto founders = foundersOf(layout, 3);
        const auto gram = Gram::compute(founders, nullptr, 0, genes);
        QCOMPARE(gram->loci(), genes->size());
        std::vector<std::vector<float>> all;
        for (std::size_t k = 0; k < 3; ++k) founders->read(k, 0, all.emplace_back(layout.length()));
        std::vector<double> sums(gram->entries()), at(gram->entries());
        for (std::uint64_t gene = 0; gene < genes->size(); ++gene) {
            gram->at(gene, at);
            for (std::size_t entry = 0; entry < sums.size(); ++entry)
                QVERIFY(std::abs(at[entry] - sums[entry]) <= 1e-9 * (1.0 + std::abs(sums[entry])));
            for (std::uint64_t i = 0; i < layout.length(); ++i) {
                if (genes->at(i) != gene) continue;
                for (std::size_t b = 0; b < 3; ++b)
                    for (std::size_t a = 0; a <= b; ++a)
                        sums[gramIndex(a, b)] += static_cast<double>(all[a][i]) * static_cast<double>(all[b][i]);
            }
        }
        // A founder that joins changes nothing of what there was.
        std::vector<std::pair<std::string, std::vector<float>>> two{{"a", all[0]}, {"b", all[1]}};
        const auto before = Gram::compute(Founders::ofVectors(layout, std::move(two)), nullptr, 0, genes);
        const auto after = Gram::compute(founders, nullptr, 2, genes);
        std::vector<double> fewer(before->entries());
        for (std::uint64_t gene = 0; gene <= genes->size(); ++gene) {
            before->at(gene, fewer);
            after->at(gene, at);
            QVERIFY(std::ranges::equal(fewer, std::span(at).first(fewer.size())));
        }
        QVERIFY(Gram::fromBlockSums(founders, after->blockSums(), 2, genes));
        QVERIFY(!Gram::fromBlockSums(founders, after->blockSums(), 2));
    }

    void recipesAndVectorsBreedTheSameChildrenOverHundredsOfGenerations_data() {
        QTest::addColumn<int>("interpolation");
        QTest::addColumn<bool>("each");
        for (const auto interpolation : {Interpolation::Slerp, Interpolation::SlerpPerSide, Interpolation::Lerp})
            for (const bool each : {false, true})
                QTest::addRow("%s, %s", std::string(nameOf(interpolation)).c_str(), each ? "each" : "splits")
                    << static_cast<int>(interpolation) << each;
    }

    void recipesAndVectorsBreedTheSameChildrenOverHundredsOfGenerations() {
        QFETCH(int, interpolation);
        QFETCH(bool, each);
        constexpr std::size_t kFounders = 4, kPool = 8;
        const auto layout = layoutOfUnits();
        const auto genes = genesOfUnits(layout);
        const auto founders = foundersOf(layout, kFounders);
        const auto gram = Gram::compute(founders, nullptr, 0, genes);
        const RecipeBreeding recipes(gram);
        const DenseBreeding vectors(tensorEndsOf(layout), genes);
        std::vector<GenomePtr> asRecipe, asVector;
        for (std::size_t k = 0; k < kPool; ++k) {
            const auto recipe = founderRecipe(k % kFounders, kFounders, layout.length(), genes);
            std::vector<float> values(layout.length());
            founders->read(k % kFounders, 0, values);
            asRecipe.push_back(std::make_shared<RecipeGenome>(recipe, gram));
            asVector.push_back(std::make_shared<DenseGenome>(std::move(values), recipe));
        }
        const SpliceRule rule{.splits = {0, 7},
                              .ratio = each ? RatioRule(BetaRatio{0.3}) : RatioRule(UniformRatio{}),
                              .interpolation = static_cast<Interpolation>(interpolation),
                              .inherit = each ? Inherit::Each : Inherit::Splits};
        RandomStream draws(7, 0, Purpose::FirstParent);
        std::vector<float> one(layout.length()), other(layout.length());
        for (std::uint64_t step = 1; step <= 300; ++step) {
            const auto first = draws.below(kPool), second = draws.below(kPool), slot = draws.below(kPool);
            const auto splice = drawSplice(rule, genes->size(), 3, step);
            asRecipe[slot] = recipes.keep(recipes.breed(*asRecipe[first], *asRecipe[second], splice));
            asVector[slot] = vectors.keep(vectors.breed(*asVector[first], *asVector[second], splice));
            asRecipe[slot]->materialize(one);
            asVector[slot]->materialize(other);
            const double scale = std::sqrt(dotProduct(other, other));
            for (std::size_t i = 0; i < one.size(); ++i) one[i] -= other[i];
            QVERIFY(std::sqrt(dotProduct(one, one)) < 1e-6 * scale);
            // The recipe that is kept beside a vector says the same.
            materializeAll(*asVector[slot]->recipe(), *founders, one);
            for (std::size_t i = 0; i < one.size(); ++i) one[i] -= other[i];
            QVERIFY(std::sqrt(dotProduct(one, one)) < 1e-6 * scale);
            const auto again = recipes.unpack(asRecipe[slot]->pack());
            QCOMPARE(*again->recipe(), *asRecipe[slot]->recipe());
        }
    }

    void eachGeneIsOneParentsAlone() {
        const auto layout = layoutOfUnits();
        const auto genes = genesOfUnits(layout);
        const DenseBreeding breeding(tensorEndsOf(layout), genes);
        const auto first = randomVector(1, layout.length()), second = randomVector(2, layout.length());
        const auto child = breeding.breed(DenseGenome(first), DenseGenome(second), eachOf(9, 0.3));
        std::vector<float> values(layout.length());
        child->materialize(values);
        std::vector<int> from(genes->size(), -1);
        for (std::uint64_t i = 0; i < values.size(); ++i) {
            const int parent = values[i] == second[i];
            QVERIFY(values[i] == (parent ? second[i] : first[i]));
            auto& known = from[genes->at(i)];
            QVERIFY(known == -1 || known == parent);
            known = parent;
        }
        const auto seconds = std::ranges::count(from, 1);
        QVERIFY(seconds > 10 && seconds < 40);

        for (const double chance : {0.0, 1.0}) {
            const auto stretches = stretchesOf(eachOf(9, chance), genes->size());
            QCOMPARE(stretches, (std::vector<SpliceStretch>{{genes->size(), chance, 0}}));
        }
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

    void aRecipeOfAnotherNumberOfGenesIsRefused() {
        const auto layout = layoutOfUnits();
        const auto genes = genesOfUnits(layout);
        const auto packed = packRecipe(founderRecipe(0, 2, layout.length()));
        QVERIFY(isRefused([&] { (void)unpackRecipe(packed, genes); }));
        const auto gram = Gram::compute(foundersOf(layout, 2), nullptr, 0, genes);
        QVERIFY(isRefused([&] { RecipeGenome(founderRecipe(0, 2, layout.length()), gram); }));
    }
};

MERGARIUM_SUITE(GenesTest)
#include "genes_test.moc"
