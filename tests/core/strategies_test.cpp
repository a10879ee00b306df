#include "core/genome/dense_genome.h"
#include "core/search/cma_es/cma_es_search.h"
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
#include <set>

using namespace mergarium;

class StrategiesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void perfectScoreLiesInTheLastCell() {
        const auto descriptors = describe({}, samples());
        QCOMPARE(descriptors.size(), std::size_t{2});
        QCOMPARE(descriptors[0].name, std::string("odd"));
        QCOMPARE(descriptors[0].samples, (std::vector<std::uint32_t>{2, 3, 6, 7}));
        QCOMPARE(cellOf(Scores(row("11111111")), descriptors, 10), std::size_t{99});
        QCOMPARE(cellOf(Scores(row("00000000")), descriptors, 10), std::size_t{0});
        // Odd groups half right, even ones not at all; the first descriptor is the slower index.
        QCOMPARE(cellOf(Scores(row("00110000")), descriptors, 10), std::size_t{50});
        QCOMPARE(cellOf(Scores(row("11000000")), descriptors, 10), std::size_t{5});
    }

    void descriptorsCanBeNamed() {
        const auto descriptors = describe({{"low", {"0", "1"}}, {"three", {"3"}}, {"two", {"2"}}}, samples());
        QCOMPARE(descriptors[1].samples, (std::vector<std::uint32_t>{6, 7}));
        QCOMPARE(cellOf(Scores(row("11110010")), descriptors, 4), std::size_t{3 * 16 + 2 * 4});
        QVERIFY_EXCEPTION_THROWN(describe({{"low", {"7"}}}, samples()), std::runtime_error);
        SampleSet one;
        one.groupNames = {"all"};
        one.groups = {0, 0};
        QVERIFY_EXCEPTION_THROWN(describe({}, one), std::runtime_error);
    }

    void mapElitesKeepsTheBestOfEveryCell() {
        auto strategy = mapElites();
        QCOMPARE(strategy.archive().memberCount(),
                 std::size_t{1});  // both founders have half of the odd and half of the even
        QCOMPARE(strategy.archive().slots()[2 * 4 + 2]->id.value, 1u);
        const auto fresh = admit(strategy, 2, "00111111");
        QCOMPARE(*fresh.slot, std::size_t{3 * 4 + 2});
        QVERIFY(!fresh.replaced);
        const auto same = admit(strategy, 3, "00111111");
        QVERIFY2(!same.accepted(), "an equal does not replace");
        QCOMPARE(same.fitness, 6.0);
    }

    void mapElitesDrawsTwoDifferentParentsByScore() {
        auto strategy = mapElites();
        QCOMPARE(parentsOf(strategy.propose(1)), (std::pair<std::uint64_t, std::uint64_t>{1, 1}));  // there is no other
        admit(strategy, 2, "00110000");
        admit(strategy, 3, "11111111");
        std::map<std::pair<std::uint64_t, std::uint64_t>, int> drawn;
        for (std::uint64_t step = 4; step < 7004; ++step) ++drawn[parentsOf(strategy.propose(step))];
        // Scores of 4, 2 and 8: a pair (a, b) has probability a / 14 * b / (14 - a).
        const std::map<std::pair<std::uint64_t, std::uint64_t>, double> expected{
            {{1, 102}, 400.0},          {{1, 103}, 1600.0},       {{102, 1}, 1000.0 / 3.0},
            {{102, 103}, 2000.0 / 3.0}, {{103, 1}, 8000.0 / 3.0}, {{103, 102}, 4000.0 / 3.0}};
        QCOMPARE(drawn.size(), expected.size());
        for (const auto& [pair, count] : expected) QVERIFY(std::abs(drawn[pair] - count) < 5.0 * std::sqrt(count));
    }

    void ratioSearchWalksItsGridOverAllPairs() {
        const std::vector<MemberPtr> founders{founder(1, "11110000"), founder(2, "00001111"), founder(3, "00000000")};
        RatioSearch strategy({.ratio = GridRatio{9}}, founders, Archive(4, 8, {.alpha = 0.0}));
        std::set<std::pair<std::uint64_t, std::uint64_t>> pairs;
        for (std::uint64_t step = 1; step <= 9; ++step) {
            const auto proposal = strategy.propose(step);
            pairs.insert(parentsOf(proposal));
            QVERIFY(proposal.mating()->splice.splits.empty());
            QCOMPARE(proposal.mating()->splice.ratio, 0.5 * static_cast<double>((step - 1) / 3));
        }
        QCOMPARE(pairs, (std::set<std::pair<std::uint64_t, std::uint64_t>>{{1, 2}, {1, 3}, {2, 3}}));
    }

    void ratioSearchDrawsWithoutAGrid() {
        RatioSearch strategy({.seed = 5}, {founder(1, "11110000"), founder(2, "00001111")},
                             Archive(4, 8, {.alpha = 0.0}));
        double mean = 0.0;
        for (std::uint64_t step = 1; step <= 1000; ++step)
            mean += strategy.propose(step).mating()->splice.ratio / 1000.0;
        QVERIFY(std::abs(mean - 0.5) < 0.05);
    }

    void offspringOfABlockSeeTheArchiveAsItWasAtItsBeginning() {
        auto block = m2n2({.parents = ParentRule::Uniform, .offspring = 8});
        for (std::uint64_t step = 1; step <= 8; ++step) {
            const auto [first, second] = parentsOf(block.propose(step));
            QVERIFY(first <= 2 && second <= 2);
            admit(block, step, step % 2 ? "11111100" : "00111111");
            QCOMPARE(block.canCheckpoint(step), step == 8);
        }
        bool fresh = false;
        for (std::uint64_t step = 9; step <= 16; ++step) fresh = fresh || parentsOf(block.propose(step)).first > 2;
        QVERIFY2(fresh, "the next block has new parents");
        // Parents may have left by then.
        auto one = m2n2({});
        admit(one, 1, "11111100");
        QVERIFY(one.canCheckpoint(1));
    }

    void aBlockRepeatedFromItsBeginningProposesTheSame() {
        const auto play = [](M2n2& strategy, std::uint64_t from, std::uint64_t to) {
            std::vector<std::pair<std::uint64_t, std::uint64_t>> parents;
            for (std::uint64_t step = from; step <= to; ++step) {
                parents.push_back(parentsOf(strategy.propose(step)));
                admit(strategy, step, step % 3 == 0 ? "11111100" : step % 3 == 1 ? "00111111" : "10101010");
            }
            return parents;
        };
        auto whole = m2n2({.offspring = 5});
        const auto expected = play(whole, 1, 15);
        auto first = m2n2({.offspring = 5});
        play(first, 1, 5);
        // Goes on at step 6 and repeats steps 6 to 8, of which another copy knows the outcome.
        M2n2 resumed({.offspring = 5, .length = 4, .seed = 3}, first.archive());
        auto witness = m2n2({.offspring = 5});
        play(witness, 1, 5);
        for (std::uint64_t step = 6; step <= 8; ++step) {
            auto admission = admit(witness, step, step % 3 == 0 ? "11111100" : step % 3 == 1 ? "00111111" : "10101010");
            resumed.replay({.step = step,
                            .train = 0.0,
                            .slot = admission.slot,
                            .child = admission.slot ? witness.archive().slots()[*admission.slot] : nullptr});
        }
        QCOMPARE(play(resumed, 9, 15), std::vector(expected.begin() + 8, expected.end()));
    }

    void duplicatesAreRefusedWhenAsked() {
        auto lenient = m2n2({});
        QVERIFY(admit(lenient, 1, "11110000").accepted());
        auto strict = m2n2({.refuseDuplicates = true});
        QVERIFY(!admit(strict, 1, "11110000").accepted());
        QVERIFY(admit(strict, 2, "11111000").accepted());
    }

    void splitPointsSnapToTheNearestBoundary() {
        const SpliceRule rule{.splits = {3, 3}};
        const std::vector<std::uint64_t> boundaries{10, 70};
        for (std::uint64_t step = 1; step <= 200; ++step) {
            const auto plain = drawSplice(rule, 100, 7, step);
            const auto snapped = drawSplice(rule, 100, 7, step, boundaries);
            QCOMPARE(snapped.ratio, plain.ratio);
            for (std::size_t i = 0; i < 3; ++i) QCOMPARE(snapped.splits[i], plain.splits[i] <= 40 ? 10u : 70u);
        }
    }

    void whatIsNotScoredWholeIsRejectedByEveryStrategy() {
        auto niches = m2n2({});
        auto cells = mapElites();
        RatioSearch ratios({.seed = 5}, {founder(1, "11110000"), founder(2, "00001111")},
                           Archive(4, 8, {.alpha = 0.0}));
        for (Strategy* strategy :
             {static_cast<Strategy*>(&niches), static_cast<Strategy*>(&cells), static_cast<Strategy*>(&ratios)}) {
            const auto before = strategy->archive().slots();
            std::uint64_t step = 0;
            for (const Outcome& outcome : {Outcome(CutShort{.scored = 4, .mean = 1.0}), Outcome(Failed{"no memory"})}) {
                auto proposal = strategy->propose(++step);
                const auto admission = strategy->admit(
                    std::move(proposal), {.id = {100 + step}, .outcome = outcome, .genome = []() -> GenomePtr {
                                              throw std::logic_error("not kept");
                                          }});
                QVERIFY(!admission.accepted() && !admission.replaced);
                QCOMPARE(admission.fitness, 0.0);
            }
            QCOMPARE(strategy->archive().slots(), before);
        }
    }

    void stepsOfABlockAreProposedAheadAsOneByOne() {
        CmaEsSearch generations(CmaEs(std::vector<double>(4, 0.0), {.seed = 2, .population = 6}), networkWeights(),
                                Archive(3, 8, {.alpha = 0.0}));
        QCOMPARE(generations.lookahead(), 6u);
        QCOMPARE(blockEnd(generations, 1), 6u);
        QCOMPARE(blockEnd(generations, 6), 6u);
        QCOMPARE(blockEnd(generations, 7), 12u);
        QCOMPARE(m2n2({.offspring = 8}).lookahead(), 8u);
        QCOMPARE(mapElites().lookahead(), 1u);

        auto oneByOne = m2n2({.parents = ParentRule::Uniform, .offspring = 4});
        auto ahead = m2n2({.parents = ParentRule::Uniform, .offspring = 4});
        for (std::uint64_t step = 1; step <= 40; ++step) {
            // Dropped and proposed again, as when a run is paused in the middle of a block.
            std::vector<Proposal> proposals;
            for (auto later = step; later <= blockEnd(ahead, step); ++later) proposals.push_back(ahead.propose(later));
            QCOMPARE(parentsOf(proposals.front()), parentsOf(oneByOne.propose(step)));
            const char* scores = step % 3 == 0 ? "11111100" : step % 3 == 1 ? "00111111" : "10101010";
            admit(oneByOne, step, scores);
            ahead.admit(
                std::move(proposals.front()),
                {.id = {100 + step}, .outcome = Scored{Scores(row(scores))}, .genome = [] { return genome(0.0f); }});
        }
        for (std::size_t slot = 0; slot < 4; ++slot)
            QCOMPARE(ahead.archive().slots()[slot]->id, oneByOne.archive().slots()[slot]->id);
    }

    void rivalsAreTheArchiveAtTheBeginningOfTheBlock() {
        auto block = m2n2({.offspring = 3});
        for (std::uint64_t step = 1; step <= 3; ++step) {
            admit(block, step, "11111100");
            QCOMPARE(block.rivals()->memberCount(), std::size_t{2});
        }
        (void)block.propose(4);
        QVERIFY(block.rivals()->memberCount() > 2);
        auto one = m2n2({});
        admit(one, 1, "11111100");
        (void)one.propose(2);
        QCOMPARE(one.rivals()->memberCount(), std::size_t{3});
        QVERIFY(!mapElites().rivals());
    }

    void withoutCrossoverAChildIsItsParentAndNoise() {
        const SpliceRule rule{.splits = {3, 3}, .mutation = 0.1};
        auto niches = m2n2({.crossover = false, .splice = rule});
        admit(niches, 1, "11111100");
        admit(niches, 2, "00111111");
        MapElites elites({.descriptors = describe({}, samples()),
                          .cells = 4,
                          .crossover = false,
                          .splice = rule,
                          .length = 4,
                          .seed = 1},
                         Archive(16, 8, {.alpha = 0.0}));
        elites.settle(founder(1, "11110000"));
        elites.settle(founder(2, "00111111"));
        for (Strategy* strategy : std::initializer_list<Strategy*>{&niches, &elites}) {
            std::set<std::uint64_t> parents, noise;
            for (std::uint64_t step = 3; step <= 60; ++step) {
                const auto proposal = strategy->propose(step);
                const auto [first, second] = parentsOf(proposal);
                QCOMPARE(second, first);
                const auto& splice = proposal.mating()->splice;
                QVERIFY(splice.splits.empty());
                QCOMPARE(splice.ratio, 0.0);
                QCOMPARE(splice.mutation->sigma, 0.1);
                parents.insert(first);
                noise.insert(splice.mutation->seed);
            }
            QVERIFY2(parents.size() > 1, "not always the same");
            QCOMPARE(noise.size(), std::size_t{58});
        }
    }

    void withoutCrossoverParentsAreDrawnByFitness() {
        // By attraction the second parent would never be the first.
        auto alone = m2n2({.crossover = false});
        admit(alone, 1, "11111111");
        int best = 0;
        for (std::uint64_t step = 2; step < 4002; ++step) best += parentsOf(alone.propose(step)).first == 101;
        // Each sample is shared by two: fitness 2, 2 and 4.
        QVERIFY(std::abs(best / 4000.0 - 0.5) < 0.04);
    }

    void aGridHasItsEndsForEveryPair() {
        const std::vector<MemberPtr> founders{founder(1, "11110000"), founder(2, "00001111"), founder(3, "00000000")};
        RatioSearch strategy({.ratio = GridRatio{10}}, founders, Archive(4, 8, {.alpha = 0.0}));
        std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<double>> ratios;
        for (std::uint64_t step = 1; step <= 10; ++step) {
            const auto proposal = strategy.propose(step);
            ratios[parentsOf(proposal)].push_back(proposal.mating()->splice.ratio);
        }
        // The tenth goes to the first pair.
        QCOMPARE((ratios[{1, 2}]), (std::vector<double>{0.0, 1.0 / 3, 2.0 / 3, 1.0}));
        QCOMPARE((ratios[{1, 3}]), (std::vector<double>{0.0, 0.5, 1.0}));
        QCOMPARE((ratios[{2, 3}]), (std::vector<double>{0.0, 0.5, 1.0}));
    }

    void ratioSearchDrawsFromItsBeta() {
        RatioSearch strategy({.ratio = BetaRatio{12.0}, .seed = 5}, {founder(1, "11110000"), founder(2, "00001111")},
                             Archive(4, 8, {.alpha = 0.0}));
        double variance = 0.0;
        for (std::uint64_t step = 1; step <= 2000; ++step)
            variance += std::pow(strategy.propose(step).mating()->splice.ratio - 0.5, 2.0) / 2000.0;
        QVERIFY(std::abs(variance - 0.01) < 0.001);
    }
};

MERGARIUM_SUITE(StrategiesTest)
#include "strategies_test.moc"
