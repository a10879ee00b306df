#include "core/search/map_elites/map_elites.h"

#include "core/mating/parents.h"

namespace mergarium {

MapElites::MapElites(MapElitesRules settings, Archive archive)
    : settings_(std::move(settings)), archive_(std::move(archive)) {}

bool MapElites::isElite(const Scores& scores, std::size_t cell) const {
    const auto& holder = archive_.slots()[cell];
    return !holder || scores.total() > holder->scores.total();
}

void MapElites::settle(MemberPtr founder) {
    const auto cell = cellOf(founder->scores, settings_.descriptors, settings_.cells);
    if (isElite(founder->scores, cell)) archive_.place(cell, std::move(founder));
}

Proposal MapElites::propose(std::uint64_t step) {
    auto parents = drawTwoParents(archive_, settings_.seed, step);
    auto splice = drawSplice(settings_.splice, settings_.length, settings_.seed, step, settings_.boundaries,
                             settings_.chromosomes);
    if (!settings_.crossover) {
        parents.second = parents.first;
        takeFirstParent(splice);
    }
    return {step, Mating{archive_.slots()[parents.first], archive_.slots()[parents.second], std::move(splice)}};
}

Admission MapElites::admit(Proposal proposal, Offspring child) {
    const auto* scored = std::get_if<Scored>(&child.outcome);
    if (!scored) return {.slot = std::nullopt, .fitness = 0.0, .replaced = nullptr};
    const auto verdict = *judge(scored->scores);
    Admission admission{.slot = verdict.slot, .fitness = verdict.fitness, .replaced = nullptr};
    if (!verdict.slot) return admission;
    admission.replaced = archive_.slots()[*verdict.slot];
    archive_.place(*verdict.slot, memberOf(std::move(proposal), std::move(child)));
    return admission;
}

std::optional<Verdict> MapElites::judge(const Scores& scores) {
    const auto cell = cellOf(scores, settings_.descriptors, settings_.cells);
    Verdict verdict{.slot = std::nullopt, .fitness = scores.total()};
    if (isElite(scores, cell)) verdict.slot = cell;
    return verdict;
}

void MapElites::replay(const DecidedBirth& birth) {
    if (birth.slot) archive_.place(*birth.slot, birth.child);
}

}  // namespace mergarium
