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

Admission M2n2::admit(Mating, MemberPtr child) { return archive_.admit(std::move(child)); }

}  // namespace mergarium
