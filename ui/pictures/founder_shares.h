#pragma once

#include "core/run/snapshot.h"

#include <map>
#include <vector>

namespace mergarium {

/// How much of a member comes from which founder, over the whole parameter vector; computed once per member.
class FounderShares {
public:
    /// One per founder of the run, in [0, 1]; empty where that isn't known.
    const std::vector<float>& of(const SessionSnapshot& snapshot, const Member& member);
    void clear() { known_.clear(); }

private:
    struct Known {
        /// Which the shares were computed from; kept, so that no other one lies where it lay.
        GenomePtr genome;
        std::size_t founders = 0;
        std::vector<float> shares;
    };
    std::map<MemberId, Known> known_;
};

}  // namespace mergarium
