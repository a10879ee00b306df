#include "core/search/strategy.h"

#include <utility>

namespace mergarium {

MemberPtr memberOf(Proposal proposal, Offspring child) {
    // While the parents live: what is kept of a child may be worked out from them.
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

}  // namespace mergarium
