#pragma once

#include "core/export/model_recipe.h"
#include "core/export/write_model.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// A model that is to be made again from its recipe.
struct RebuildRequest {
    /// A recipe.yaml.
    std::filesystem::path recipe;
    /// Must not exist yet.
    std::filesystem::path folder;
    /// Where founders lie, by their number in the recipe, from 1, or their name there.
    std::vector<std::pair<std::string, CheckpointFounder>> founders = {};
    /// A folder in which the others are looked for by their names; empty: none.
    std::filesystem::path models = {};
};

/// A founder of a recipe, and where it was found.
struct FoundFounder {
    std::string name;
    /// Absent: not where it could be, or its adapter isn't.
    std::optional<CheckpointFounder> place;
};

/// Where `rebuildModel` takes founders from, in the recipe's order; what they hold is not looked at. Throws
/// std::runtime_error for founders in the request that the recipe doesn't have.
std::vector<FoundFounder> foundFounders(const RebuildRequest& request, const ModelRecipe& model);

/// Makes the folder of a recipe.yaml again, to the byte. Founders are looked for where the recipe says, where it does;
/// in `models`; beside the recipe and beside its folder. Throws std::runtime_error with one sentence: a founder is
/// missing, or is not the one of the recipe; Cancelled.
ExportResult rebuildModel(const RebuildRequest& request, const std::filesystem::path& cache,
                          const Announce& announce = nullptr);

}  // namespace mergarium
