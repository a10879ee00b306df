#pragma once

#include "core/export/write_model.h"
#include "core/genome/splice.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mergarium {

/// One merge of two models, without evolution.
struct MergeRequest {
    CheckpointFounder first;
    CheckpointFounder second;
    /// Of the second model before the first split point, in [0, 1].
    double ratio = 0.5;
    /// None: one ratio for the whole vector.
    std::vector<SplitPlace> splits = {};
    /// Groups of tensors that are cut and mixed each for themselves; tensors of none of them as `ratio` and `splits`
    /// say.
    std::vector<ChromosomeWish> chromosomes = {};
    Interpolation interpolation = Interpolation::Slerp;
    TensorRules tensors = {};
    /// Of floating tensors; absent: as the first model stores them.
    std::optional<DType> dtype = std::nullopt;
    /// Of projections; all others as `dtype` says. Not of small models that are one vector.
    Fp8Scales scales = Fp8Scales::None;
    /// Numbers that their element type can't hold.
    OutOfRange outOfRange = OutOfRange::Refused;
    /// Largest size of a file in bytes; 0: one file.
    std::uint64_t shardSize = 0;
    /// Must not exist yet.
    std::filesystem::path folder;
    /// Empty: the folder's name.
    std::string name = {};
    Paths paths = Paths::Left;
    /// Of pipelines: how the model lies on the disk; absent: as the first founder.
    std::optional<PipelineForm> form = std::nullopt;
    /// Whose configurations and tokenizers a folder has that is made of single files; empty: a founder's.
    std::filesystem::path like = {};
    /// Also as model.gguf in the folder, its matrices in this type; of language models.
    std::optional<GgmlType> gguf = std::nullopt;
};

/// Throws std::runtime_error with one sentence (a table where the models don't fit together), or Cancelled. `cache` is
/// where what is costly to compute of the models is kept (founderCache).
ExportResult mergeModels(const MergeRequest& request, const std::filesystem::path& cache,
                         const Announce& announce = nullptr);

}  // namespace mergarium
