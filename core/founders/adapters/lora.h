#pragma once

#include "core/checkpoint/checkpoint.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// What an adapter adds to one tensor of its base, or to what it replaces it by: scale * up * down, or that transposed.
struct LoraDelta {
    /// Name of the model's tensor.
    std::string tensor;
    /// [rank, inputs ...].
    const StoredTensor* down = nullptr;
    /// [outputs, rank].
    const StoredTensor* up = nullptr;
    double scale = 1;
    /// The base's tensor is [inputs, outputs].
    bool transposed = false;
};

/// A tensor that an adapter brings in whole (PEFT's modules_to_save): its rows may be more or fewer than the base's.
struct LoraReplacement {
    std::string tensor;
    const StoredTensor* by = nullptr;
};

/// A head of its own that an adapter gives to a base whose head is its embedding.
struct LoraHead {
    std::string tensor;
    /// The base's tensor that it was.
    std::string embedding;
};

/// A low-rank adapter (Hu et al. 2021) in a folder of PEFT: adapter_config.json and adapter_model.safetensors.
struct LoraAdapter {
    std::filesystem::path folder;
    std::shared_ptr<const Checkpoint> weights;
    std::shared_ptr<const MappedFile> configuration;
    /// Each sorted by tensor, which occurs once in each. A tensor in both is replaced, then changed.
    std::vector<LoraDelta> deltas;
    std::vector<LoraReplacement> replacements;
    /// Present where the adapter unties it.
    std::optional<LoraHead> head = std::nullopt;
    /// Where the tokenizer that the adapter was trained with lies; empty: the base's.
    std::filesystem::path tokenizerFolder = {};
};

/// Reads an adapter and matches it with its base, shapes included: lora_alpha / r or, with use_rslora, / sqrt(r);
/// alpha_pattern and rank_pattern, of whose keys the first that matches counts; fan_in_fan_out; linear, embedding and
/// convolution layers; modules_to_save; embeddings saved beside their own adapter; a head of its own where the base has
/// none. `tied`: whether the base's head is its embedding. Throws
/// std::runtime_error with one sentence for whatever else an adapter may ask for (DoRA, biases, other kinds of
/// adapters, ...), by name.
LoraAdapter openLora(const std::filesystem::path& folder, const Checkpoint& base, bool tied = false);

}  // namespace mergarium
