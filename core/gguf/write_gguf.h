#pragma once

#include "core/checkpoint/range_guard.h"
#include "core/files/pending_folder.h"
#include "core/gguf/ggml_type.h"
#include "core/progress/progress.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace mergarium {

/// The file in a model's folder.
inline constexpr const char* kGgufName = "model.gguf";

struct GgufWriting {
    /// Of matrices; vectors, norms, routers and positions are F32.
    GgmlType type = GgmlType::F16;
    /// What the file calls the model.
    std::string name;
    OutOfRange outOfRange = OutOfRange::Refused;
    /// 0: one per core.
    std::size_t threads = 0;
    /// In bytes; every byte counts twice, for writing and for reading back.
    Progress progress = nullptr;
};

/// Whether a GGUF file can be written of models with the config.json and the tokenizer in these folders, before hours
/// are spent on them. Throws std::runtime_error with one sentence that says why it can't.
void requireGguf(const std::filesystem::path& configuration, const std::filesystem::path& tokenizer);

/// Writes model.gguf for llama.cpp, of the model that lies whole in `folder` (config.json, tokenizer, safetensors),
/// into it: streamed, nothing the size of a model is held in memory; read back and compared with the model's tensors.
/// Returns what there is to know of the file. Throws std::runtime_error with one sentence, or Cancelled.
std::vector<std::string> writeGguf(const PendingFolder& folder, const GgufWriting& how);

}  // namespace mergarium
