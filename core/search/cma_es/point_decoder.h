#pragma once

#include "core/checkpoint/layout.h"
#include "core/genome/gram.h"
#include "core/search/cma_es/cma_es_search.h"

#include <cstdint>
#include <vector>

namespace mergarium {

/// A point is the network's parameters themselves.
PointDecoder networkWeights();

/// A point is one mixing weight for every group of layers and founder, group by group: a linear merge with weights of
/// its own on every group (Akiba and others: "Evolutionary optimization of model merging recipes", arXiv 2403.13187,
/// parameter space; evolved so by mergekit). `groupEnds` ascend to D. `founders` are genomes, all dense or all recipes;
/// `gram` is null for dense ones.
PointDecoder mixingWeights(std::vector<GenomePtr> founders, GramPtr gram, std::vector<std::uint64_t> groupEnds);

}  // namespace mergarium
