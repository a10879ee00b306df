#include "core/search/m2n2.h"

#include "core/mating/parents.h"

#include <algorithm>

namespace mergarium {

M2n2::M2n2(M2n2Settings settings, Archive archive) : settings_(std::move(settings)), archive_(std::move(archive)) {}

void M2n2::settle(MemberPtr founder) {
    const auto& slots = archive_.slots();
    archive_.place(static_cast<std::size_t>(std::ranges::find(slots, nullptr) - slots.begin()), std::move(founder));
}

Proposal M2n2::propose(std::uint64_t step) {
    auto parents = drawParents(archive_, settings_.attraction && settings_.crossover, settings_.seed, step);
    auto splice = drawSplice(settings_.splice, settings_.length, settings_.seed, step);
    if (!settings_.crossover) {
        parents.second = parents.first;
        splice.splits.clear();
        splice.ratio = 0.0;
    }
    return {step, Mating{archive_.slots()[parents.first], archive_.slots()[parents.second], std::move(splice)}};
}

Admission M2n2::admit(Proposal proposal, Offspring child) {
    const auto verdict = archive_.judge(child.scores);
    Admission admission{.slot = verdict.slot, .fitness = verdict.fitness, .replaced = nullptr};
    if (verdict.slot) {
        admission.replaced = archive_.slots()[*verdict.slot];
        archive_.place(*verdict.slot, memberOf(std::move(proposal), std::move(child)));
    }
    return admission;
}

void M2n2::replay(const DecidedBirth& birth) {
    if (birth.slot) archive_.place(*birth.slot, birth.child);
}

}  // namespace mergarium
