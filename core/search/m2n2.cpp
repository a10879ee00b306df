#include "core/search/m2n2.h"

#include "core/mating/parents.h"

namespace mergarium {

M2n2::M2n2(M2n2Settings settings, Archive archive) : settings_(std::move(settings)), archive_(std::move(archive)) {}

Mating M2n2::propose(std::uint64_t step) {
    auto parents = drawParents(archive_, settings_.attraction && settings_.crossover, settings_.seed, step);
    auto splice = drawSplice(settings_.splice, settings_.length, settings_.seed, step);
    if (!settings_.crossover) {
        parents.second = parents.first;
        splice.splits.clear();
        splice.ratio = 0.0;
    }
    return {step, archive_.slots()[parents.first], archive_.slots()[parents.second], std::move(splice)};
}

Admission M2n2::admit(Mating mating, Offspring child) {
    const auto verdict = archive_.judge(child.scores);
    Admission admission{.slot = verdict.slot, .fitness = verdict.fitness, .replaced = nullptr};
    if (verdict.slot) {
        admission.replaced = archive_.slots()[*verdict.slot];
        archive_.place(*verdict.slot,
                       std::make_shared<const Member>(Member{
                           .id = child.id,
                           .genome = child.genome(),
                           .scores = std::move(child.scores),
                           .parentage = Parentage{mating.first->id, mating.second->id, std::move(mating.splice)},
                           .born = mating.step,
                       }));
    }
    return admission;
}

}  // namespace mergarium
