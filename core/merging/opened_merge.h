#pragma once

#include "core/merging/merge_folder.h"
#include "core/merging/merge_model.h"
#include "core/merging/merge_plan.h"
#include "core/merging/tokens/token_layout.h"

#include <optional>
#include <vector>

namespace mergarium {

/// A merge whose models are open: what is made of what, before anything is computed.
struct OpenedMerge {
    /// Those of configuration.models(), in the same order.
    std::vector<MergeModel> models;
    /// Where the vocabulary is laid out by tokens.
    std::optional<TokenLayout> tokens;
    MergePlan plan;
};

/// Reads headers, configurations and tokenizers, and what adapters change. Throws std::runtime_error with one sentence:
/// a model that is nowhere, and as layOutTokens and planMerge do.
OpenedMerge openMerge(const ConfiguredMerge& merge);

}  // namespace mergarium
