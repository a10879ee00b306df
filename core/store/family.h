#pragma once

#include "core/archive/member.h"

#include <cstddef>
#include <set>
#include <vector>

namespace mergarium {

class StoredRun;

/// How far a family is followed from one of its members.
struct FamilyReach {
    /// How many births back and forth.
    std::size_t ancestors = 6;
    std::size_t descendants = 0;
    /// At most so many relatives, the nearest first.
    std::size_t most = 400;
    /// Members whose parents are not wanted, and those whose parents are wanted however far away they are.
    std::set<MemberId> closed = {}, opened = {};
};

/// One of a family.
struct Relative {
    /// Without genome.
    MemberPtr member;
    /// Samples that it solves and none of its parents does, and the other way round; 0 for founders.
    std::size_t gained = 0, lost = 0;
    /// Parents that the reach leaves out, 0 to 2, and accepted children.
    std::size_t hiddenParents = 0, hiddenChildren = 0;
};

/// A member's ancestors and descendants among founders and accepted children, ascending by number, the member itself
/// among them.
struct Family {
    std::vector<Relative> relatives;
    /// `FamilyReach::most` cut it short.
    bool isCut = false;
};

/// Throws as StoredRun.
Family familyOf(const StoredRun& run, MemberId member, const FamilyReach& reach);

}  // namespace mergarium
