#pragma once

#include "core/checkpoint/layout.h"
#include "core/checkpoint/range_guard.h"
#include "core/evaluation/checkpoint_founders.h"
#include "core/export/model_recipe.h"
#include "core/gguf/ggml_type.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace mergarium {

/// An exported model folder, complete.
struct ExportResult {
    std::filesystem::path folder;
    /// Size of all files.
    std::uint64_t bytes = 0;
    /// Content hash of the tensors.
    std::string hash;
    /// What there is to know of how it was made: founders' tensors that are called otherwise (OpenedFounders::namings).
    std::vector<std::string> notes = {};
};

/// Where a merged model goes.
struct ModelTarget {
    std::filesystem::path folder;
    /// Where what the recipe calls `like` lies.
    std::filesystem::path like = {};
    /// Also as model.gguf in the folder, its matrices in this type.
    std::optional<GgmlType> gguf = std::nullopt;
};

/// Writes a merged model as a folder that other tools load: tensors, configuration and tokenizer of one founder,
/// README.md, recipe.yaml and, where it can be said, mergekit.yml; a pipeline in its founder's form or the other one
/// (PipelineFiles). Whole or not at all; read back and compared.
/// `founders` in the recipe's order, their layout the recipe's. Fills in recipe.result, and founders' hashes that the
/// recipe lacks, which are computed while the disk is being waited for; where it is given already, a
/// different result is refused. Numbers that the element type can't hold are refused, unless the recipe clamps them
/// (RangeGuard). Throws std::runtime_error with one sentence, or Cancelled.
ExportResult writeMergedModel(ModelRecipe recipe, const OpenedFounders& founders, const ModelTarget& target,
                              const Announce& announce = nullptr);

/// Writes a small model that is one vector: tensors and README.md.
ExportResult writeDenseModel(const std::string& name, const ModelStory& story, const Layout& layout,
                             std::span<const float> parameters, std::optional<DType> dtype, OutOfRange outOfRange,
                             const std::filesystem::path& folder);

/// Whether a recipe tells where founders lie on this machine.
enum class Paths { Left, Told };

/// A path as a recipe file names it.
std::filesystem::path namedPath(const std::filesystem::path& path, Paths paths);

/// What a recipe file says of opened founders: names, places, hashes.
std::vector<RecipeFounder> recipeFounders(const OpenedFounders& founders, const std::vector<CheckpointFounder>& sources,
                                          Paths paths);

}  // namespace mergarium
