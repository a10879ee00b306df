#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/founders/adapters/lora.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace mergarium {

/// What an adapter's file holds of one layer; null until found.
struct LoraLayer {
    const StoredTensor* down = nullptr;
    const StoredTensor* up = nullptr;
    const StoredTensor* magnitude = nullptr;
    /// In the file itself; PEFT's stands in the configuration.
    std::optional<double> alpha = std::nullopt;
    bool embedding = false;
};

/// A tensor that is saved whole.
struct LoraWhole {
    const StoredTensor* tensor = nullptr;
    /// It lies under an adapter of its own, which changes it.
    bool under = false;
};

/// What the adapter's file holds, by layer ("model.layers.0.self_attn.q_proj"), and whole tensors by name.
struct LoraContents {
    std::map<std::string, LoraLayer> layers;
    std::map<std::string, LoraWhole> whole;
    /// Layers are stored inputs by outputs, as far as their shapes tell.
    bool transposed = false;
    /// LoraAdapter's.
    std::vector<std::string> otherParts;
};

/// Of the file beside an adapter_config.json. Throws std::runtime_error for names that PEFT doesn't write and for what
/// can't be added to a base.
LoraContents peftContents(const Checkpoint& weights, const std::filesystem::path& place);

/// Of a file without a configuration, with layers called as the base's tensors are. Known are LAYER.lora_A.weight and
/// .lora_B.weight; .lora.down.weight and .lora.up.weight; .lora_down.weight, .lora_up.weight and .alpha, where LAYER
/// may be kohya's "lora_unet_" or the like and the name with underscores for dots. Where a layer has no alpha, that of
/// diffusers' lora_adapter_metadata in the file's header counts, if there is one. Files for several parts of a model
/// (unet, text_encoder, ...) are read for the part that the base is: a part none of whose layers the base has is left
/// alone. Throws std::runtime_error naming the layer that the base hasn't or has twice, or the tensor of another kind.
LoraContents fileContents(const Checkpoint& weights, const LoraBase& base, const std::filesystem::path& place);

/// The base's tensor for an adapter's name of it: the same name, the name without its first part, or the only one with
/// that ending; models with and without a head wrap the same tensors differently. Null: there is none.
const TensorDescription* inBase(const LoraBase& base, const std::string& name);

/// Whether up * down has the tensor's shape, straight or transposed.
bool fits(const TensorDescription& tensor, std::uint64_t outputs, std::uint64_t inputs, bool transposed);

}  // namespace mergarium
