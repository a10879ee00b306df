#pragma once

#include "core/checkpoint/dtype.h"
#include "core/checkpoint/layout.h"
#include "core/checkpoint/range_guard.h"
#include "core/founders/founder_settings.h"
#include "core/founders/pipelines/pipeline_form.h"
#include "core/genome/recipe.h"
#include "core/genome/recipe_tensors.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// A founder as a recipe file names it.
struct RecipeFounder {
    std::string name;
    /// Absolute where the recipe tells where founders lie; else their own names (ownName), for whoever has the recipe
    /// to find them by.
    CheckpointFounder source;
    /// Content hash.
    std::string hash;
    bool operator==(const RecipeFounder&) const = default;
};

/// A model's path without what is this machine's: in a hub's cache from the repository on
/// (models--ORG--NAME/snapshots/REVISION), else the folder's or the file's name; FOLDER/model.safetensors for a file
/// whose name says nothing.
std::filesystem::path ownName(const std::filesystem::path& path);

/// What the model card tells of a model beyond how it is made.
struct ModelStory {
    struct Score {
        std::string task;
        double train = 0.0;
        std::optional<double> test;
        bool operator==(const Score&) const = default;
    };
    /// One sentence.
    std::string origin;
    std::vector<Score> scores;
    /// Birth by birth, the model's own first.
    std::vector<std::string> lineage;
    bool operator==(const ModelStory&) const = default;
};

/// Everything that a merged model's folder is made of, beyond the founders themselves: recipe.yaml. The same recipe and
/// founders give the same bytes.
struct ModelRecipe {
    std::string name;
    std::vector<RecipeFounder> founders;
    TensorRules tensors;
    /// `hashOf` the layout that the spans refer to.
    std::string layout;
    /// Element type of all floating tensors; absent: each as founders store it.
    std::optional<DType> dtype;
    /// Of projections; all others as `dtype` says.
    Fp8Scales scales = Fp8Scales::None;
    /// Numbers that their element type can't hold.
    OutOfRange outOfRange = OutOfRange::Refused;
    /// Recipes of earlier versions don't have tensors that were left out of the merge.
    LeftOut leftOut = LeftOut::TakenOver;
    /// Largest size of a file in bytes; 0: one file.
    std::uint64_t shardSize = 0;
    /// Index of the founder whose configuration and tokenizer the model has.
    std::size_t filesFrom = 0;
    /// Of a pipeline; absent: as that founder lies.
    std::optional<PipelineForm> form = std::nullopt;
    /// A folder whose configurations and tokenizers a pipeline has that is made of single files; empty: a founder's.
    std::filesystem::path like = {};
    Recipe recipe;
    /// Content hash of the result.
    std::string result;
    ModelStory story;
    bool operator==(const ModelRecipe&) const = default;
};

/// Coefficients with every digit that they need to be read back to the bit. Parses back to an equal recipe.
std::string toYaml(const ModelRecipe& recipe);
/// Throws std::runtime_error that names file, line and key.
ModelRecipe readModelRecipe(const std::filesystem::path& path);

/// SHA-256 over names, shapes, element types, founders of frozen tensors and second names.
std::string hashOf(const Layout& layout);

}  // namespace mergarium
