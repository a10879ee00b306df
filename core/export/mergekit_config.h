#pragma once

#include "core/checkpoint/layout.h"
#include "core/export/model_recipe.h"

#include <string>

namespace mergarium {

/// A model's recipe in mergekit's words: merge_method linear, with a weight for every tensor by its full name, or one
/// sentence that says why it can't be put that way.
struct MergekitConfig {
    std::string yaml;
    std::string whyNot;
};
MergekitConfig mergekitConfig(const ModelRecipe& model, const Layout& layout);

}  // namespace mergarium
