#pragma once

#include "core/archive/member.h"
#include "core/checkpoint/dtype.h"
#include "core/evaluation/checkpoint_founders.h"
#include "core/export/write_model.h"
#include "core/run/snapshot.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace mergarium {

/// A member of a stored run that is to become a model of its own.
struct ExportRequest {
    std::filesystem::path database;
    RunId run;
    MemberId member;
    /// Must not exist yet.
    std::filesystem::path folder;
    /// Element type of floating tensors; absent: as the founders store them.
    std::optional<DType> dtype = std::nullopt;
    /// Of projections; all others as `dtype` says. Not of small models that are one vector.
    Fp8Scales scales = Fp8Scales::None;
    /// Numbers that their element type can't hold.
    OutOfRange outOfRange = OutOfRange::Refused;
    /// Largest size of a file in bytes; 0: one file.
    std::uint64_t shardSize = 0;
    /// What the model card calls it; empty: the folder's name.
    std::string name = {};
    Paths paths = Paths::Left;
    /// Of pipelines: how the model lies on the disk; absent: as the first founder.
    std::optional<PipelineForm> form = std::nullopt;
    /// Whose configurations and tokenizers a folder has that is made of single files; empty: a founder's.
    std::filesystem::path like = {};
    /// Also as model.gguf in the folder, its matrices in this type; of language models.
    std::optional<GgmlType> gguf = std::nullopt;
};

/// Builds a member anew from its founders, wherever in its run it lived, and writes it (writeMergedModel,
/// writeDenseModel); the run's record keeps that it was. The run may be going on. Takes as long as reading the
/// founders. On any thread, one at a time. Throws std::runtime_error with one sentence: no such run or member, a
/// founder is gone or has changed, the disk is full; Cancelled.
ExportResult exportModel(const ExportRequest& request, const Announce& announce = nullptr);

}  // namespace mergarium
