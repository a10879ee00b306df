#pragma once

#include "core/run/snapshot.h"

#include <cstddef>
#include <optional>
#include <vector>

class QFontMetricsF;

namespace mergarium {

/// One row of a view that shows members by fitness.
struct RankedMember {
    MemberPtr member;
    double fitness = 0.0;
};

/// The members of taken slots, fittest first; equals in the order of their ids.
std::vector<RankedMember> rankedMembers(const SessionSnapshot& snapshot);

/// Where a member stands; absent when it is not among them.
std::optional<std::size_t> rankOf(const std::vector<RankedMember>& members, MemberId id);

/// The ranks of the newest member, unless that is a founder, and of those of its parents that are still there.
struct NewestFamily {
    std::optional<std::size_t> newborn;
    std::vector<std::size_t> parents;

    bool isParent(std::size_t rank) const;
};
NewestFamily newestFamily(const std::vector<RankedMember>& members);

/// What the labels of the rows need: by the number of digits, so that a view stays put while ids grow.
double labelWidthOf(const std::vector<RankedMember>& members, const QFontMetricsF& metrics);

}  // namespace mergarium
