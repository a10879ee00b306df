// A run that goes on with other parameters.
#include "core/session/changed_configuration.h"
#include "core/session/run_loop.h"

#include <algorithm>
#include <utility>

namespace mergarium {

const RunConfiguration& RunLoop::configurationAt(const ResumePoint& point, std::uint64_t step) const {
    const auto next = std::ranges::find_if(point.changes, [&](const StoredChange& one) { return one.step >= step; });
    return next == point.changes.end() ? point.snapshot.run->configuration : next->before;
}

void RunLoop::changeStrategy(const RunConfiguration& configuration) {
    auto archive = emptyArchive(configuration);
    const auto& slots = strategy_->archive().slots();
    for (std::size_t slot = 0; slot < slots.size(); ++slot)
        if (slots[slot]) archive.place(slot, slots[slot]);
    strategy_ = makeStrategy(configuration, experiment_, std::move(archive));
}

}  // namespace mergarium
