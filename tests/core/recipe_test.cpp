#include "core/genome/dense_genome.h"
#include "core/genome/materialize.h"
#include "core/genome/recipe_genome.h"
#include "core/random/random_stream.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>

using namespace mergarium;

namespace {

std::vector<float> randomVector(std::uint64_t seed, std::size_t length) {
    RandomStream stream(seed, 0, Purpose::FounderWeights);
    std::vector<float> values(length);
    for (auto& value : values) value = static_cast<float>(stream.normal());
    return values;
}

/// Siblings of one base, as fine-tuned models are: cosines near 1.
std::vector<std::vector<float>> siblings(std::size_t count, std::size_t length) {
    const auto base = randomVector(1, length);
    std::vector<std::vector<float>> models;
    for (std::size_t k = 0; k < count; ++k) {
        auto model = randomVector(2 + k, length);
        for (std::size_t i = 0; i < length; ++i) model[i] = base[i] + 0.3f * model[i];
        models.push_back(std::move(model));
    }
    return models;
}

Layout layoutOf(std::size_t length) {
    Layout layout;
    layout.append("a", {static_cast<std::int64_t>(length / 3)});
    layout.append("b", {static_cast<std::int64_t>(length / 7), 2});
    layout.append("c", {static_cast<std::int64_t>(length - length / 3 - length / 7 * 2)});
    return layout;
}

FoundersPtr foundersOf(const std::vector<std::vector<float>>& models, const Layout& layout) {
    std::vector<std::pair<std::string, std::vector<float>>> named;
    for (const auto& model : models) named.emplace_back("founder", model);
    return Founders::ofVectors(layout, std::move(named));
}

double norm(std::span<const float> values) { return std::sqrt(dotProduct(values, values)); }

}  // namespace

class RecipeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pairsOfProductsAreTheProducts() {
        for (const std::size_t count : {0, 1, 7, 8, 9, 1000}) {
            std::vector<float> a(count), b(count);
            for (std::size_t i = 0; i < count; ++i) {
                a[i] = std::sin(static_cast<float>(i) + 0.5f) * 1e-3f;
                b[i] = std::cos(static_cast<float>(3 * i)) + 1.0f;
            }
            const auto gram = pairGram(a, b);
            // To the bit: sums that were kept by one stay good for the other.
            QVERIFY(gram.firstFirst == dotProduct(a, a));
            QVERIFY(gram.firstSecond == dotProduct(a, b));
            QVERIFY(gram.secondSecond == dotProduct(b, b));
        }
    }

    void aRecipeEqualsMergingTheVectorsOverHundredsOfGenerations_data() {
        QTest::addColumn<int>("interpolation");
        QTest::addColumn<int>("splits");
        for (const auto interpolation : kInterpolations)
            for (const int splits : {0, 1, 7})
                QTest::addRow("%s, %d splits", std::string(nameOf(interpolation)).c_str(), splits)
                    << static_cast<int>(interpolation) << splits;
    }

    void aRecipeEqualsMergingTheVectorsOverHundredsOfGenerations() {
        QFETCH(int, interpolation);
        QFETCH(int, splits);
        constexpr std::size_t kLength = 5000, kFounders = 4, kPool = 8;
        const auto models = siblings(kFounders, kLength);
        const auto layout = layoutOf(kLength);
        const auto gram = Gram::compute(foundersOf(models, layout));
        RecipeBreeding recipes(gram);
        DenseBreeding vectors(tensorEndsOf(layout));

        std::vector<GenomePtr> asRecipe, asVector;
        for (std::size_t k = 0; k < kPool; ++k) {
            asRecipe.push_back(std::make_shared<RecipeGenome>(founderRecipe(k % kFounders, kFounders, kLength), gram));
            asVector.push_back(std::make_shared<DenseGenome>(models[k % kFounders]));
        }
        const SpliceRule rule{.splits = {static_cast<std::uint32_t>(splits), static_cast<std::uint32_t>(splits)},
                              .ratio = UniformRatio{},
                              .interpolation = static_cast<Interpolation>(interpolation)};
        RandomStream draws(7, 0, Purpose::FirstParent);
        std::vector<float> one(kLength), other(kLength);
        double worst = 0.0;
        for (std::uint64_t step = 1; step <= 400; ++step) {
            const auto first = draws.below(kPool), second = draws.below(kPool), slot = draws.below(kPool);
            const auto splice = drawSplice(rule, kLength, 3, step);
            asRecipe[slot] = recipes.keep(recipes.breed(*asRecipe[first], *asRecipe[second], splice));
            asVector[slot] = vectors.keep(vectors.breed(*asVector[first], *asVector[second], splice));
            asRecipe[slot]->materialize(one);
            asVector[slot]->materialize(other);
            const double scale = norm(other);
            for (std::size_t i = 0; i < kLength; ++i) other[i] -= one[i];
            worst = std::max(worst, norm(other) / scale);
        }
        QVERIFY2(worst < 1e-6, qPrintable(QString::number(worst)));
    }

    void halfPrecisionFoundersAreReadAsTheyAreStored() {
        constexpr std::size_t kLength = 3000;
        auto stored = std::make_shared<std::vector<std::byte>>(kLength * 2);
        const auto values = randomVector(5, kLength);
        fromFloats(DType::BF16, values, stored->data());
        std::vector<float> rounded(kLength);
        toFloats(DType::BF16, stored->data(), rounded);

        Layout layout;
        layout.append("w", {static_cast<std::int64_t>(kLength)}, DType::BF16);
        auto other = std::make_shared<std::vector<float>>(randomVector(6, kLength));
        const auto founders = std::make_shared<const Founders>(
            layout,
            std::vector<FounderModel>{{"half", "", {{0, kLength, DType::BF16, stored->data()}}, stored},
                                      {"single",
                                       "",
                                       {{0, 1000, DType::F32, std::as_bytes(std::span(*other)).data()},
                                        {1000, 2000, DType::F32, std::as_bytes(std::span(*other)).data() + 4000}},
                                       other}});
        Recipe recipe{.founders = 2, .ends = {777, kLength}, .coefficients = {0.25, 0.75, -1.0, 0.5}};
        std::vector<float> merged(kLength);
        materializeAll(recipe, *founders, merged);
        for (std::size_t i = 0; i < kLength; ++i) {
            const double expected =
                i < 777 ? 0.25 * rounded[i] + 0.75 * (*other)[i] : -1.0 * rounded[i] + 0.5 * (*other)[i];
            QVERIFY(std::abs(merged[i] - expected) <= 1e-6 * (1 + std::abs(expected)));
        }
        std::vector<float> part(100);
        materializeRange(recipe, *founders, 950, part);
        QVERIFY(std::ranges::equal(part, std::span(merged).subspan(950, 100)));
    }

    void prefixSumsGiveTheGramOfAnyStretch() {
        constexpr std::size_t kLength = 12345;
        const auto models = siblings(3, kLength);
        const auto gram = Gram::compute(foundersOf(models, layoutOf(kLength)));
        std::vector<double> from(gram->entries()), until(gram->entries());
        for (const auto& [begin, end] :
             {std::pair<std::size_t, std::size_t>{0, kLength}, {0, 1}, {63, 64}, {100, 9000}, {12344, kLength}}) {
            gram->at(begin, from);
            gram->at(end, until);
            for (std::size_t a = 0; a < 3; ++a)
                for (std::size_t b = 0; b < 3; ++b) {
                    const double expected = dotProduct(std::span(models[a]).subspan(begin, end - begin),
                                                       std::span(models[b]).subspan(begin, end - begin));
                    const auto entry = gramIndex(a, b);
                    QVERIFY(std::abs(until[entry] - from[entry] - expected) < 1e-9 * static_cast<double>(kLength));
                }
        }
        // Kept sums give the same Gram matrices; sums of other founders don't fit.
        const auto again = Gram::fromBlockSums(gram->founders(), gram->blockSums());
        QVERIFY(again);
        gram->at(9000, from);
        again->at(9000, until);
        QCOMPARE(until, from);
        QVERIFY(!Gram::fromBlockSums(gram->founders(), std::vector<double>(5)));
    }

    // However many join, and wherever their tensors lie, so that sums are cut elsewhere.
    void sumsOfFoundersStayWhatTheyWereWhenOthersJoin() {
        constexpr std::size_t kLength = 12345;
        for (const std::size_t first : {2, 3}) {
            const auto models = siblings(first + 2, kLength);
            const auto gram = Gram::compute(
                foundersOf({models.begin(), models.begin() + static_cast<std::ptrdiff_t>(first)}, layoutOf(kLength)));
            const auto later = Gram::compute(foundersOf(models, layoutOf(kLength)), nullptr, first);
            const auto again = Gram::fromBlockSums(later->founders(), later->blockSums(), first);
            std::vector<double> before(gram->entries()), after(later->entries()), kept(later->entries());
            for (const std::uint64_t position : {std::uint64_t{1}, std::uint64_t{777}, std::uint64_t{kLength}}) {
                gram->at(position, before);
                later->at(position, after);
                again->at(position, kept);
                QVERIFY(std::ranges::equal(before, std::span(after).first(before.size())));
                QCOMPARE(kept, after);
                // And of those that joined they are what they should be.
                const auto last = models.size() - 1;
                const double expected =
                    dotProduct(std::span(models[0]).first(position), std::span(models[last]).first(position));
                QVERIFY(std::abs(after[gramIndex(0, last)] - expected) < 1e-9 * kLength);
            }
        }
    }

    void recipesOfMoreFoundersMixWithThoseOfFewer() {
        constexpr std::size_t kLength = 500;
        const auto models = siblings(3, kLength);
        const auto gram = Gram::compute(foundersOf(models, layoutOf(kLength)), nullptr, 2);
        const RecipeBreeding breeding(gram);
        const RecipeGenome second(founderRecipe(1, 2, kLength), gram), third(founderRecipe(2, 2, kLength), gram);
        QCOMPARE(second.recipe()->founders, std::size_t{2});
        QCOMPARE(third.recipe()->founders, std::size_t{3});
        const Splice splice{.splits = {200}, .ratio = 0.25, .interpolation = Interpolation::Lerp};
        for (const auto& child : {breeding.breed(second, third, splice), breeding.breed(third, second, splice)}) {
            QCOMPARE(child->recipe()->founders, std::size_t{3});
            std::vector<float> mixed(kLength);
            child->materialize(mixed);
            const float weight = child->recipe()->of(0)[2] > 0.5 ? 0.75f : 0.25f;
            for (std::size_t i = 0; i < 200; ++i)
                QVERIFY(std::abs(mixed[i] - (weight * models[2][i] + (1.0f - weight) * models[1][i])) < 1e-5f);
        }
        const auto wide = widened(*second.recipe(), 3);
        QVERIFY(wide == (Recipe{.founders = 3, .ends = {kLength}, .coefficients = {0.0, 1.0, 0.0}}));
        QVERIFY_EXCEPTION_THROWN(RecipeGenome(widened(*second.recipe(), 4), gram), std::runtime_error);
    }

    void aSmallTensorBehindLargeOnesHasItsOwnAngle() {
        // Of the large tensor's square, 1e12, not even the sixteenth digit says anything about the small one's, 1e-8.
        std::vector<std::vector<float>> models{randomVector(1, 4000), randomVector(2, 4000)};
        for (auto& model : models)
            for (std::size_t i = 0; i < 4000; ++i)
                model[i] = i < 3000 ? 1e5f * model[i] : i < 3900 ? 1e-6f * model[i] : 0.0f;
        Layout layout;
        layout.append("large", {3000});
        layout.append("small", {900});
        layout.append("zero", {100});
        const auto gram = Gram::compute(foundersOf(models, layout));
        std::vector<double> small(3), zero(3);
        QVERIFY(gram->ofTensor(3000, 3900, small));
        QVERIFY(gram->ofTensor(3900, 4000, zero));
        QVERIFY(!gram->ofTensor(3000, 3899, zero));
        QCOMPARE(zero, std::vector<double>(3));
        for (std::size_t a = 0; a < 2; ++a)
            for (std::size_t b = 0; b < 2; ++b) {
                const double expected =
                    dotProduct(std::span(models[a]).subspan(3000, 900), std::span(models[b]).subspan(3000, 900));
                QVERIFY(std::abs(small[gramIndex(a, b)] - expected) <= 1e-12 * 1e-9);
            }
        RecipeBreeding recipes(gram);
        DenseBreeding vectors(tensorEndsOf(layout));
        const Splice splice{.splits = {}, .ratio = 0.3, .interpolation = Interpolation::SlerpPerTensor};
        std::vector<float> one(4000), other(4000);
        recipes
            .breed(RecipeGenome(founderRecipe(0, 2, 4000), gram), RecipeGenome(founderRecipe(1, 2, 4000), gram), splice)
            ->materialize(one);
        vectors.breed(DenseGenome(models[0]), DenseGenome(models[1]), splice)->materialize(other);
        for (std::size_t i = 3000; i < 3900; ++i) QVERIFY(std::abs(one[i] - other[i]) <= 1e-12f);
    }

    void equalNeighboursAreOneSpan() {
        constexpr std::size_t kLength = 1000;
        const auto gram = Gram::compute(foundersOf(siblings(2, kLength), layoutOf(kLength)));
        RecipeBreeding breeding(gram);
        const RecipeGenome founder(founderRecipe(1, 2, kLength), gram);
        // A child of one parent alone is that parent, wherever it is split.
        const auto child = breeding.breed(founder, founder,
                                          {.splits = {0, 10, 500}, .ratio = 0.0, .interpolation = Interpolation::Lerp});
        QCOMPARE(*child->recipe(), *founder.recipe());
    }

    void packedRecipesComeBackAndDamagedOnesAreRefused() {
        const Recipe recipe{.founders = 2, .ends = {3, 10, 11}, .coefficients = {1, 0, 0.5, 0.5, -0.25, 1.25}};
        const auto bytes = packRecipe(recipe);
        QCOMPARE(unpackRecipe(bytes), recipe);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            QVERIFY_EXCEPTION_THROWN(unpackRecipe(std::span(bytes).first(size)), std::runtime_error);
        for (std::size_t at = 0; at < 16; ++at) {
            auto damaged = bytes;
            damaged[at] ^= std::byte{0xFF};
            QVERIFY_EXCEPTION_THROWN(unpackRecipe(damaged), std::runtime_error);
        }
        for (const auto& ends : {std::vector<std::uint64_t>{3, 3, 11}, {10, 3, 11}, {0, 10, 11}}) {
            auto broken = recipe;
            broken.ends = ends;
            QVERIFY_EXCEPTION_THROWN(unpackRecipe(packRecipe(broken)), std::runtime_error);
        }
    }

    void denseChildrenKeepTheRecipeThatTheyAreMadeBy() {
        constexpr std::size_t kLength = 600;
        const auto models = siblings(2, kLength);
        const auto layout = layoutOf(kLength);
        DenseBreeding breeding(tensorEndsOf(layout));
        const DenseGenome first(models[0], founderRecipe(0, 2, kLength)),
            second(models[1], founderRecipe(1, 2, kLength));
        const auto child = breeding.keep(breeding.breed(first, second, {.splits = {100, 350}, .ratio = 0.3}));
        QCOMPARE(child->recipe()->spans(), 3u);
        std::vector<float> direct(kLength), rebuilt(kLength);
        child->materialize(direct);
        materializeAll(*child->recipe(), *foundersOf(models, layout), rebuilt);
        for (std::size_t i = 0; i < kLength; ++i) QVERIFY(std::abs(direct[i] - rebuilt[i]) < 1e-5);
        const auto unpacked = breeding.unpack(child->pack());
        QCOMPARE(*unpacked->recipe(), *child->recipe());
        QCOMPARE(unpacked->pack(), child->pack());
        // Noise is no combination of founders.
        const auto mutated = breeding.breed(first, second, {.splits = {}, .ratio = 0.3, .mutation = Mutation{0.01, 1}});
        QVERIFY(!breeding.keep(mutated)->recipe());
    }
};

MERGARIUM_SUITE(RecipeTest)
#include "recipe_test.moc"
