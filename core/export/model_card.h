#pragma once

#include "core/export/model_recipe.h"

#include <string>
#include <vector>

namespace mergarium {

/// README.md of a merged model, with the header that model hubs read: founders, how they were mixed, scores, lineage,
/// how to build it again. `withoutMergekit` says why there is no mergekit.yml; empty where there is. `takenOver` names
/// files of weights that are not merged.
std::string modelCard(const ModelRecipe& model, const std::string& withoutMergekit,
                      const std::vector<std::string>& takenOver = {});

/// The same for a model that is no combination of founders, or whose founders are in no files.
std::string denseModelCard(const std::string& name, const ModelStory& story);

}  // namespace mergarium
