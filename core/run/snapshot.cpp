#include "core/run/snapshot.h"

#include <algorithm>

namespace mergarium {

std::vector<std::span<const float>> scoreRows(const SessionSnapshot& snapshot) {
    std::vector<std::span<const float>> rows;
    rows.reserve(snapshot.members.size());
    for (const auto& member : snapshot.members)
        rows.push_back(member ? member->scores.values() : std::span<const float>{});
    return rows;
}

std::uint64_t lociOf(const RunDescription& run) { return run.genes ? run.genes->size() : run.layout.length(); }

Layout lociLayoutOf(const RunDescription& run) { return run.genes ? layoutOf(run.genes->groups()) : run.layout; }

std::size_t foundersAtFirst(const RunDescription& run) {
    return static_cast<std::size_t>(std::ranges::count(run.founders, std::uint64_t{0}, &FounderDescription::joined));
}

std::optional<std::size_t> bestSlot(std::span<const MemberPtr> members) {
    std::optional<std::size_t> best;
    for (std::size_t slot = 0; slot < members.size(); ++slot) {
        if (!members[slot]) continue;
        if (best) {
            const auto& champion = *members[*best];
            const double total = members[slot]->scores.total();
            if (total < champion.scores.total()) continue;
            if (total == champion.scores.total() && members[slot]->id > champion.id) continue;
        }
        best = slot;
    }
    return best;
}

std::string_view nameOf(Phase phase) {
    switch (phase) {
        case Phase::Preparing: return "preparing";
        case Phase::Running: return "running";
        case Phase::Paused: return "paused";
        case Phase::Finished: return "finished";
        case Phase::Stopped: return "stopped";
        case Phase::Interrupted: return "interrupted";
        case Phase::Failed: return "failed";
    }
    return "unknown";
}

bool isGoing(Phase phase) { return phase == Phase::Running || phase == Phase::Paused; }

}  // namespace mergarium
