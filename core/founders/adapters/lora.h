#pragma once

#include "core/checkpoint/checkpoint.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mergarium {

/// What an adapter adds to one tensor of its base: scale * up * down, or that transposed.
struct LoraDelta {
    /// Name of the base's tensor.
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

/// A low-rank adapter (Hu et al. 2021) in a folder of PEFT: adapter_config.json and adapter_model.safetensors.
struct LoraAdapter {
    std::filesystem::path folder;
    std::shared_ptr<const Checkpoint> weights;
    std::shared_ptr<const MappedFile> configuration;
    /// Each sorted by tensor; a tensor occurs once, in one of them.
    std::vector<LoraDelta> deltas;
    std::vector<LoraReplacement> replacements;
};

/// Reads an adapter and matches it with its base, shapes included: lora_alpha / r or, with use_rslora, / sqrt(r);
/// alpha_pattern and rank_pattern; fan_in_fan_out; linear, embedding and convolution layers; modules_to_save. Throws
/// std::runtime_error with one sentence for whatever else an adapter may ask for (DoRA, biases, other kinds of
/// adapters, ...), by name.
LoraAdapter openLora(const std::filesystem::path& folder, const Checkpoint& base);

}  // namespace mergarium
