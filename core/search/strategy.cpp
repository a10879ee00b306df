#include "core/search/strategy.h"

#include <algorithm>
#include <utility>

namespace mergarium {

double meanOf(const Outcome& outcome) {
    if (const auto* scored = std::get_if<Scored>(&outcome)) return scored->scores.mean();
    const auto* cut = std::get_if<CutShort>(&outcome);
    return cut ? cut->mean : 0.0;
}

MemberPtr memberOf(Proposal proposal, Offspring child) {
    auto& scored = std::get<Scored>(child.outcome);
    auto genome = child.genome();
    std::optional<Parentage> parentage;
    if (auto* mating = std::get_if<Mating>(&proposal.how))
        parentage = Parentage{mating->first->id, mating->second->id, std::move(mating->splice)};
    return std::make_shared<const Member>(Member{.id = child.id,
                                                 .genome = std::move(genome),
                                                 .scores = std::move(scored.scores),
                                                 .parentage = std::move(parentage),
                                                 .born = proposal.step,
                                                 .answers = std::move(scored.answers),
                                                 .pictures = std::move(scored.pictures)});
}

void settleInEmptySlot(Archive& archive, MemberPtr founder) {
    const auto& slots = archive.slots();
    const auto empty = std::ranges::find(slots, nullptr);
    if (empty != slots.end()) archive.place(static_cast<std::size_t>(empty - slots.begin()), std::move(founder));
}

Admission admitUnlessWeakest(Archive& archive, Proposal proposal, Offspring child) {
    const auto* scored = std::get_if<Scored>(&child.outcome);
    if (!scored) return {.slot = std::nullopt, .fitness = 0.0, .replaced = nullptr};
    const auto verdict = archive.judge(scored->scores);
    Admission admission{.slot = verdict.slot, .fitness = verdict.fitness, .replaced = nullptr};
    if (!verdict.slot) return admission;
    admission.replaced = archive.slots()[*verdict.slot];
    archive.place(*verdict.slot, memberOf(std::move(proposal), std::move(child)));
    return admission;
}

}  // namespace mergarium
