#include "core/search/m2n2/m2n2.h"

#include <algorithm>

namespace mergarium {

M2n2::M2n2(M2n2Rules settings, Archive archive) : settings_(std::move(settings)), archive_(std::move(archive)) {}

void M2n2::settle(MemberPtr founder) { settleInEmptySlot(archive_, std::move(founder)); }

Parents M2n2::drawParentsOf(const Archive& archive, std::uint64_t step) const {
    if (settings_.parents == ParentRule::Uniform) return drawParentsUniformly(archive, settings_.seed, step);
    return drawParents(archive, settings_.parents == ParentRule::Attraction && settings_.crossover, settings_.seed,
                       step);
}

void M2n2::enterBlockOf(std::uint64_t step) {
    // A run that is changed within a block begins one there.
    const bool begins = !before_ || (step - 1) % settings_.offspring == 0;
    if (settings_.offspring > 1 && begins) before_ = snapshotOf(archive_);
}

Proposal M2n2::propose(std::uint64_t step) {
    enterBlockOf(step);
    const Archive& archive = before_ ? *before_ : archive_;
    auto parents = drawParentsOf(archive, step);
    auto splice = drawSplice(settings_.splice, settings_.length, settings_.seed, step, settings_.boundaries,
                             settings_.chromosomes);
    if (!settings_.crossover) {
        parents.second = parents.first;
        takeFirstParent(splice);
    }
    return {step, Mating{archive.slots()[parents.first], archive.slots()[parents.second], std::move(splice)}};
}

bool M2n2::isDuplicate(const Scores& scores) const {
    return std::ranges::any_of(archive_.rows(),
                               [&](const auto& row) { return std::ranges::equal(row, scores.values()); });
}

Admission M2n2::admit(Proposal proposal, Offspring child) {
    if (const auto* scored = std::get_if<Scored>(&child.outcome);
        scored && settings_.refuseDuplicates && isDuplicate(scored->scores))
        return {.slot = std::nullopt, .fitness = judge(scored->scores)->fitness, .replaced = nullptr};
    return admitUnlessWeakest(archive_, std::move(proposal), std::move(child));
}

std::optional<Verdict> M2n2::judge(const Scores& scores) {
    auto verdict = archive_.judge(scores);
    if (settings_.refuseDuplicates && isDuplicate(scores)) verdict.slot.reset();
    return verdict;
}

bool M2n2::canCheckpoint(std::uint64_t step) const { return step % settings_.offspring == 0; }

void M2n2::replay(const DecidedBirth& birth) {
    enterBlockOf(birth.step);
    if (birth.slot) archive_.place(*birth.slot, birth.child);
}

}  // namespace mergarium
