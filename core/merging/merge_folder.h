#pragma once

#include "core/checkpoint/range_guard.h"
#include "core/founders/founder_settings.h"
#include "core/gguf/ggml_type.h"
#include "core/merging/merge_configuration.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// Told what is being done and how far it is, in bytes; returns false to end it, which then throws Cancelled.
using MergeProgress = std::function<bool(std::string_view what, std::uint64_t done, std::uint64_t total)>;

/// A merge as a configuration file describes it.
struct ConfiguredMerge {
    MergeConfiguration configuration;
    /// Folders in which models are looked for, beside where ModelPlaces looks.
    std::vector<std::filesystem::path> models = {};
    /// Must not exist yet.
    std::filesystem::path folder;
    /// What the model card calls it; empty: the folder's name.
    std::string name = {};
    /// Of methods that draw at random.
    std::uint64_t seed = 0;
    /// Numbers that their element type can't hold.
    OutOfRange outOfRange = OutOfRange::Refused;
    /// Largest size of a file in bytes; 0: one file.
    std::uint64_t shardSize = 0;
    /// 0: one per core.
    std::size_t threads = 0;
    /// Also as model.gguf in the folder, its matrices in this type.
    std::optional<GgmlType> gguf = std::nullopt;
    /// Where adapted weights and large masks are kept in nameless files.
    std::filesystem::path scratch;
};

/// What was written.
struct ConfiguredResult {
    std::filesystem::path folder;
    /// Size of all files.
    std::uint64_t bytes = 0;
    /// Content hash of the tensors.
    std::string hash;
    /// What there is to know: models and parameters that were passed over.
    std::vector<std::string> notes = {};
};

/// What a merge will make of what, found out without computing anything.
struct MergeOutline {
    struct Model {
        /// As the configuration has it.
        std::string name;
        CheckpointFounder place;
        /// 0 where there are none.
        std::uint64_t layers = 0;
        bool isBase = false;
    };

    std::string method;
    /// It draws at random, so a seed matters.
    bool isRandom = false;
    /// In the order of the file.
    std::vector<Model> models = {};
    /// Of the output, with its tensors and their bytes.
    std::uint64_t layers = 0;
    std::size_t tensors = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> notes = {};
};

/// Reads headers, configurations and tokenizers; `folder` needn't be named. Throws as mergeAsConfigured does before it
/// computes.
MergeOutline outlineOf(const ConfiguredMerge& merge);

/// Merges and writes a folder that other tools load: tensors, configuration, tokenizer and other files of the base,
/// README.md, and mergekit_config.yml, the file itself. Whole or not at all; read back and compared. Takes memory for
/// threads and not for tensors. Throws std::runtime_error with one sentence, or Cancelled.
ConfiguredResult mergeAsConfigured(const ConfiguredMerge& merge, const MergeProgress& progress = nullptr);

}  // namespace mergarium
