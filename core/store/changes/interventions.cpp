#include "core/store/changes/interventions.h"

#include "core/store/stored_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace mergarium {

std::vector<Intervention> StoredRun::interventions() const {
    std::vector<Intervention> all;
    for (const auto& [step, origin] : originsOf(database_, run_, 0)) {
        if (origin != BirthOrigin::ByHand) continue;
        auto parentage = parentageAt(step);
        if (!parentage)
            throw std::runtime_error(fmt::format(
                "the database is damaged: the child that was bred by hand at step {} has no parents.", step));
        all.push_back({step, *std::move(parentage)});
    }
    for (const auto& founder : description_->founders)
        if (founder.joined > 0) all.push_back({founder.joined, founder});
    for (auto change = changes_.begin(); change != changes_.end(); ++change) {
        const auto next = std::next(change);
        const auto& after = next == changes_.end() ? description_->configuration : next->before;
        all.push_back({change->step, ParametersChanged{change->before, after}});
    }
    // Who took a step came before what was changed behind it.
    std::ranges::stable_sort(all, {}, &Intervention::step);
    return all;
}

}  // namespace mergarium
