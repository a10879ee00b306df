#include "core/genome/painting.h"
#include "core/checkpoint/layers.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace mergarium;

namespace {

Recipe recipeOf(std::vector<std::uint64_t> ends, std::vector<double> coefficients, std::size_t founders = 2) {
    return {.founders = founders, .ends = std::move(ends), .coefficients = std::move(coefficients)};
}

/// Position by position, as the words say it.
std::vector<double> slowly(const Recipe& recipe, VectorRange bin) {
    std::vector<double> sums(recipe.founders, 0.0);
    for (auto position = bin.begin; position < bin.end; ++position) {
        std::size_t span = 0;
        while (recipe.ends[span] <= position) ++span;
        double all = 0.0;
        for (const double one : recipe.of(span)) all += std::abs(one);
        for (std::size_t k = 0; k < recipe.founders; ++k) sums[k] += std::abs(recipe.of(span)[k]) / all;
    }
    for (double& sum : sums) sum /= static_cast<double>(bin.size());
    return sums;
}

}  // namespace

class PaintingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void binsTileTheRangeAndDifferByOneElementAtMost() {
        for (const std::uint64_t begin : {0ull, 5ull, 7'000'000'000ull})
            for (const std::uint64_t size : {1ull, 7ull, 1000ull, 12'345'678'901ull}) {
                const auto bins = binsOf({begin, begin + size}, 300);
                QCOMPARE(bins.size(), static_cast<std::size_t>(std::min<std::uint64_t>(size, 300)));
                std::uint64_t at = begin, least = size, most = 0;
                for (const auto& bin : bins) {
                    QCOMPARE(bin.begin, at);
                    at = bin.end;
                    least = std::min(least, bin.size());
                    most = std::max(most, bin.size());
                }
                QCOMPARE(at, begin + size);
                QVERIFY(most - least <= 1);
            }
        QVERIFY(binsOf({3, 3}, 10).empty());
        QVERIFY(binsOf({0, 3}, 0).empty());
    }

    void aPositionSharesItsCoefficientsBySize() {
        const auto recipe = recipeOf({4, 8}, {0.6, 0.6, -0.1, 0.3});
        const auto bins = binsOf({0, 8}, 8);
        const auto painted = contributions(recipe, bins);
        for (std::size_t bin = 0; bin < 8; ++bin) {
            QCOMPARE(painted[bin * 2], bin < 4 ? 0.5f : 0.25f);
            QCOMPARE(painted[bin * 2 + 1], bin < 4 ? 0.5f : 0.75f);
        }
    }

    void binsAverageSpansByTheirLength() {
        Recipe recipe{.founders = 3, .ends = {}, .coefficients = {}};
        for (std::uint64_t i = 1; i <= 90; ++i) {
            recipe.ends.push_back(i * i);
            for (std::uint64_t k = 0; k < 3; ++k)
                recipe.coefficients.push_back(static_cast<double>((i * (k + 3)) % 11) - 4.5);
        }
        for (const std::size_t width : {1u, 13u, 100u, 3000u}) {
            const auto bins = binsOf({17, 8000}, width);
            const auto painted = contributions(recipe, bins);
            QCOMPARE(painted.size(), bins.size() * 3);
            for (std::size_t bin = 0; bin < bins.size(); bin += 1 + bins.size() / 50) {
                const auto expected = slowly(recipe, bins[bin]);
                double all = 0.0;
                for (std::size_t k = 0; k < 3; ++k) {
                    QVERIFY(std::abs(painted[bin * 3 + k] - expected[k]) < 1e-6);
                    all += painted[bin * 3 + k];
                }
                QVERIFY(std::abs(all - 1.0) < 1e-6);
            }
        }
    }

    void whatHasNoFounderHasNoColour() {
        const auto painted = contributions(recipeOf({2, 4}, {0.0, 0.0, 1.0, 0.0}), binsOf({0, 4}, 2));
        QCOMPARE(painted, (std::vector<float>{0, 0, 1, 0}));
        const auto behind = contributions(recipeOf({4}, {1.0, 0.0}), binsOf({0, 8}, 2));
        QCOMPARE(behind, (std::vector<float>{1, 0, 0, 0}));
    }

    void aStretchTellsItsMeanCoefficientsAndSpans() {
        const auto recipe = recipeOf({10, 30, 40}, {1.0, 0.0, 0.5, -0.5, 0.0, 2.0});
        const auto one = coefficientsOver(recipe, {12, 13});
        QCOMPARE(one.spans, 1u);
        QCOMPARE(one.mean, (std::vector<double>{0.5, -0.5}));
        const auto all = coefficientsOver(recipe, {0, 40});
        QCOMPARE(all.spans, 3u);
        QVERIFY(std::abs(all.mean[0] - 0.5) < 1e-12);
        QVERIFY(std::abs(all.mean[1] - 0.25) < 1e-12);
        QCOMPARE(coefficientsOver(recipe, {5, 5}).spans, 0u);
    }

    void layersFollowTheNumbersInTensorNames() {
        Layout layout;
        for (const char* name : {"model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight",
                                 "model.layers.0.mlp.up_proj.weight", "model.layers.10.mlp.up_proj.weight",
                                 "model.norm.weight", "lm_head.weight", "scale"})
            layout.append(name, {4});
        const auto layers = layersOf(layout);
        std::vector<std::string> names;
        for (const auto& layer : layers) names.push_back(layer.name);
        QCOMPARE(names, (std::vector<std::string>{"model.embed_tokens", "model.layers.0", "model.layers.10",
                                                  "model.norm", "lm_head", "scale"}));
        QCOMPARE(layers[1], (Layer{.name = "model.layers.0", .firstTensor = 1, .endTensor = 3, .begin = 4, .end = 12}));
        QCOMPARE(layers.back().end, layout.length());
        QVERIFY(layersOf({}).empty());
    }
};

MERGARIUM_SUITE(PaintingTest)
#include "painting_test.moc"
