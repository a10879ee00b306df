#pragma once

#include "core/merging/merge_plan.h"

#include <span>
#include <string>

namespace mergarium {

/// config.json of the merged model: that of the model that it is like, with the output's number of layers, rows of the
/// vocabulary, element type where the merge names one, and whether its head is the embedding. Empty where that model
/// has none.
std::string mergedConfiguration(const MergeConfiguration& configuration, const MergePlan& plan,
                                std::span<const MergeModel> models);

}  // namespace mergarium
