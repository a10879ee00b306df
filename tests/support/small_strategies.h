#pragma once

#include "core/genome/dense_genome.h"
#include "core/search/m2n2/m2n2.h"
#include "core/search/map_elites/descriptors.h"
#include "core/search/map_elites/map_elites.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

/// Strategies on eight samples and models of four parameters, for tests.
namespace mergarium {

/// Two samples of each of four groups.
inline SampleSet samples() {
    SampleSet set;
    set.groupNames = {"0", "1", "2", "3"};
    set.groups = {0, 0, 1, 1, 2, 2, 3, 3};
    return set;
}

inline std::vector<float> row(const char* digits) {
    std::vector<float> scores;
    for (; *digits; ++digits) scores.push_back(*digits == '1' ? 1.0f : 0.0f);
    return scores;
}

inline GenomePtr genome(float value) { return std::make_shared<const DenseGenome>(std::vector<float>(4, value)); }

inline MemberPtr founder(std::uint64_t id, const char* scores) {
    return std::make_shared<const Member>(Member{.id = {id},
                                                 .genome = genome(static_cast<float>(id)),
                                                 .scores = Scores(row(scores)),
                                                 .parentage = std::nullopt});
}

inline Admission admit(Strategy& strategy, std::uint64_t step, const char* scores) {
    auto proposal = strategy.propose(step);
    return strategy.admit(
        std::move(proposal),
        {.id = {100 + step}, .outcome = Scored{Scores(row(scores))}, .genome = [] { return genome(0.0f); }});
}

inline MapElites mapElites() {
    MapElites strategy({.descriptors = describe({}, samples()), .cells = 4, .length = 4, .seed = 1},
                       Archive(16, 8, {.alpha = 0.0}));
    strategy.settle(founder(1, "11110000"));
    strategy.settle(founder(2, "00001111"));
    return strategy;
}

inline M2n2 m2n2(M2n2Rules settings) {
    settings.length = 4;
    settings.seed = 3;
    M2n2 strategy(settings, Archive(4, 8, {}));
    strategy.settle(founder(1, "11110000"));
    strategy.settle(founder(2, "00001111"));
    return strategy;
}

inline std::pair<std::uint64_t, std::uint64_t> parentsOf(const Proposal& proposal) {
    return {proposal.mating()->first->id.value, proposal.mating()->second->id.value};
}

}  // namespace mergarium
