#pragma once

#include "core/archive/competition.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mergarium {

/// The samples in an order in which neighbours are solved by the same models: the first axis of correspondence
/// analysis, found by reciprocal averaging (Hill, "Reciprocal averaging: an eigenvector method of ordination", 1973).
/// Samples that nobody scores on come last. The end with more score stands on the left; samples with equal scores keep
/// their order. Pure; O(models x samples) for each of at most a hundred rounds.
std::vector<std::uint32_t> seriate(ScoreRows rows, std::size_t samples);

}  // namespace mergarium
