#include "core/search/strategy.h"

#include <algorithm>
#include <utility>

namespace mergarium {

MemberPtr memberOf(Proposal proposal, Offspring child) {
    auto genome = child.genome();
    std::optional<Parentage> parentage;
    if (auto* mating = std::get_if<Mating>(&proposal.how))
        parentage = Parentage{mating->first->id, mating->second->id, std::move(mating->splice)};
    return std::make_shared<const Member>(Member{.id = child.id,
                                                 .genome = std::move(genome),
                                                 .scores = std::move(child.scores),
                                                 .parentage = std::move(parentage),
                                                 .born = proposal.step,
                                                 .answers = std::move(child.answers)});
}

void settleInEmptySlot(Archive& archive, MemberPtr founder) {
    const auto& slots = archive.slots();
    const auto empty = std::ranges::find(slots, nullptr);
    if (empty != slots.end()) archive.place(static_cast<std::size_t>(empty - slots.begin()), std::move(founder));
}

Admission admitUnlessWeakest(Archive& archive, Proposal proposal, Offspring child) {
    const auto verdict = archive.judge(child.scores);
    Admission admission{.slot = verdict.slot, .fitness = verdict.fitness, .replaced = nullptr};
    if (!verdict.slot) return admission;
    admission.replaced = archive.slots()[*verdict.slot];
    archive.place(*verdict.slot, memberOf(std::move(proposal), std::move(child)));
    return admission;
}

}  // namespace mergarium
