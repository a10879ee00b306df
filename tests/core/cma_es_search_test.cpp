#include "core/search/cma_es/cma_es_search.h"
#include "core/genome/dense_genome.h"
#include "core/search/cma_es/point_decoder.h"
#include "core/search/m2n2/m2n2.h"
#include "core/search/map_elites/descriptors.h"
#include "core/search/map_elites/map_elites.h"
#include "core/search/ratio_search/ratio_search.h"
#include "core/search/search_space.h"
#include "tests/support/small_strategies.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace mergarium;

class CmaEsSearchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void layersAreNamedByTheirFirstNumber() {
        Layout layout;
        layout.append("model.embed_tokens.weight", {10});
        layout.append("model.layers.0.self_attn.q_proj.weight", {10});
        layout.append("model.layers.0.mlp.up_proj.weight", {10});
        layout.append("model.layers.1.mlp.up_proj.weight", {10});
        layout.append("model.layers.10.mlp.up_proj.weight", {10});
        layout.append("model.norm.weight", {10});
        layout.append("lm_head.weight", {10});
        QCOMPARE(layerGroupEnds(layout, 1), (std::vector<std::uint64_t>{10, 30, 40, 50, 60, 70}));
        QCOMPARE(layerGroupEnds(layout, 4), (std::vector<std::uint64_t>{50, 70}));
        QCOMPARE(layerGroupEnds(layout, 100), (std::vector<std::uint64_t>{70}));
    }

    void mixingWeightsMakeARecipe() {
        const auto modelAt = mixingWeights({genome(1.0f), genome(10.0f)}, nullptr, {3, 4});
        const std::vector<double> point{0.5, 0.25, 2.0, -1.0};
        const auto model = modelAt(point);
        std::vector<float> values(4);
        model->materialize(values);
        QCOMPARE(values, (std::vector<float>{3.0f, 3.0f, 3.0f, -8.0f}));
        QVERIFY(model->recipe());
        QCOMPARE(model->recipe()->ends, (std::vector<std::uint64_t>{3, 4}));
        QCOMPARE(model->recipe()->coefficients, point);
    }

    void cmaEsSearchLearnsByGenerationsAndGoesOnFromItsState() {
        const auto fresh = [] {
            return CmaEsSearch(CmaEs(std::vector<double>(4, 0.0), {.seed = 2, .step = 1.0}), networkWeights(),
                               Archive(3, 8, {.alpha = 0.0}));
        };
        const auto values = [](Strategy& strategy, std::uint64_t step) {
            const auto proposal = strategy.propose(step);
            std::vector<float> parameters(4);
            std::get<Sampled>(proposal.how).genome->materialize(parameters);
            return parameters;
        };
        // The score: how many parameters are positive.
        const auto play = [&](Strategy& strategy, std::uint64_t from, std::uint64_t to) {
            for (std::uint64_t step = from; step <= to; ++step) {
                std::string scores = "00000000";
                const auto parameters = values(strategy, step);
                for (std::size_t i = 0; i < 4; ++i)
                    if (parameters[i] > 0) scores[2 * i] = '1';
                admit(strategy, step, scores.c_str());
            }
        };
        auto whole = fresh();
        play(whole, 1, 300);
        const auto late = values(whole, 301);
        QVERIFY2(std::ranges::all_of(late, [](float value) { return value > 0.0f; }), "it has learnt what is asked");
        QCOMPARE(whole.archive().memberCount(), std::size_t{3});

        auto begun = fresh();
        play(begun, 1, 133);
        auto resumed = fresh();
        resumed.restore(begun.state());
        play(resumed, 134, 300);
        QCOMPARE(values(resumed, 301), late);
        QVERIFY_EXCEPTION_THROWN(fresh().restore(std::vector<std::byte>(5)), std::runtime_error);
    }

    void aModelThatFailsCountsAsOneThatScoresNothing() {
        const auto play = [](const Outcome& bad) {
            CmaEsSearch strategy(CmaEs(std::vector<double>(4, 0.0), {.seed = 2}), networkWeights(),
                                 Archive(3, 8, {.alpha = 0.0}));
            for (std::uint64_t step = 1; step <= 40; ++step) {
                auto proposal = strategy.propose(step);
                const auto outcome = step % 3 == 0 ? bad : Outcome(Scored{Scores(row("11110000"))});
                const auto admission = strategy.admit(
                    std::move(proposal), {.id = {step}, .outcome = outcome, .genome = [] { return genome(0.0f); }});
                if (!std::holds_alternative<Scored>(outcome) && admission.accepted()) return std::vector<float>();
            }
            std::vector<float> next(4);
            std::get<Sampled>(strategy.propose(41).how).genome->materialize(next);
            return next;
        };
        const auto expected = play(Scored{Scores(row("00000000"))});
        QCOMPARE(play(Failed{"no memory"}), expected);
        QVERIFY(play(CutShort{.scored = 4, .mean = 1.0}) != expected);
    }
};

MERGARIUM_SUITE(CmaEsSearchTest)
#include "cma_es_search_test.moc"
