#include "core/genome/dense_genome.h"
#include "core/genome/materialize.h"
#include "core/genome/recipe_genome.h"
#include "tests/support/gene_examples.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>

using namespace mergarium;
using namespace mergarium::test;

namespace {

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

}  // namespace

class GeneBreedingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
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

    void aRecipeOfAnotherNumberOfGenesIsRefused() {
        const auto layout = layoutOfUnits();
        const auto genes = genesOfUnits(layout);
        const auto packed = packRecipe(founderRecipe(0, 2, layout.length()));
        QVERIFY(isRefused([&] { (void)unpackRecipe(packed, genes); }));
        const auto gram = Gram::compute(foundersOf(layout, 2), nullptr, 0, genes);
        QVERIFY(isRefused([&] { RecipeGenome(founderRecipe(0, 2, layout.length()), gram); }));
    }
};

MERGARIUM_SUITE(GeneBreedingTest)
#include "gene_breeding_test.moc"
