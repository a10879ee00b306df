#pragma once

#include "core/merging/merge_plan.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// What a model card tells of a merge.
struct MergeStory {
    const MergeConfiguration& configuration;
    const MergePlan& plan;
    std::span<const MergeModel> models;
    /// Content hashes of the models.
    const std::vector<std::string>& hashes;
    /// Empty: the target's.
    std::string name;
    std::filesystem::path target;
    std::uint64_t seed = 0;
};

/// README.md of a merged model, with the header that model hubs read: the models, the configuration, and how to make it
/// again.
std::string mergeCard(const MergeStory& story);

}  // namespace mergarium
