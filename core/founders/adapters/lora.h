#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
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
    /// Of DoRA (Liu et al., arXiv 2402.09353, equation 5): the norms that the outputs' weights get after the addition,
    /// as many numbers as there are outputs; null: they keep what they have.
    const StoredTensor* magnitude = nullptr;
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
    bool operator==(const LoraHead&) const = default;
};

/// A low-rank adapter (Hu et al. 2021): a folder of PEFT (adapter_config.json and adapter_model.safetensors), or a
/// single safetensors file.
struct LoraAdapter {
    /// The folder or the file, as it was named.
    std::filesystem::path place;
    std::shared_ptr<const Checkpoint> weights;
    /// Null where there is none.
    std::shared_ptr<const MappedFile> configuration;
    /// Each sorted by tensor, which occurs once in each. A tensor in both is replaced, then changed.
    std::vector<LoraDelta> deltas;
    std::vector<LoraReplacement> replacements;
    /// Present where the adapter unties it.
    std::optional<LoraHead> head = std::nullopt;
    /// Where the tokenizer that the adapter was trained with lies; empty: the base's.
    std::filesystem::path tokenizerFolder = {};
    /// What it holds for other parts of a model than the base, as its file calls them: "lora_te1_".
    std::vector<std::string> otherParts = {};
};

/// Whether a folder brings a tokenizer.
bool hasTokenizer(const std::filesystem::path& folder);

/// What an adapter needs to know about its base.
struct LoraBase {
    std::filesystem::path path;
    /// Sorted by name.
    std::span<const TensorDescription> tensors;
    /// The head is the embedding.
    bool tied = false;
    /// The elements of tensors[tensor].
    std::function<const std::byte*(std::size_t tensor)> bytes;
};

/// Reads an adapter and matches it with its base, shapes included.
///
/// A folder with adapter_config.json: lora_alpha / r or, with use_rslora, / sqrt(r); alpha_pattern and rank_pattern, of
/// whose keys the first that matches counts; fan_in_fan_out; use_dora; linear, embedding and convolution layers;
/// modules_to_save; embeddings saved beside their own adapter; a head of its own where the base has none.
///
/// A single safetensors file, or a folder with one and no adapter_config.json: names as kohya's, diffusers' or PEFT's
/// programs write them (fileContents), alpha / rank, and 1 where there is no alpha.
///
/// Throws std::runtime_error with one sentence for whatever else an adapter may ask for (biases, other kinds of
/// adapters, ...), by name.
LoraAdapter openLora(const std::filesystem::path& place, const LoraBase& base);

/// Whether what lies at a path is an adapter rather than a model, by its files' names and those of its tensors.
bool isAdapter(const std::filesystem::path& path);

}  // namespace mergarium
