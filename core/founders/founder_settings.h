#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace mergarium {

/// A seed model on disk: a safetensors file or a Hugging Face model folder, with a LoRA adapter (PEFT folder) on it, if
/// named.
struct CheckpointFounder {
    std::filesystem::path base;
    std::filesystem::path adapter;
    bool operator==(const CheckpointFounder&) const = default;
};

/// Founders that the task itself brings, by the name it gives them.
struct OwnFounders {
    std::string name;
    bool operator==(const OwnFounders&) const = default;
};

/// Where a run starts.
using FounderSettings = std::variant<OwnFounders, std::vector<CheckpointFounder>>;

/// Tensors taken over from one founder as they are, instead of being merged.
struct FreezeRule {
    /// Matches tensor names; * stands for any characters, ? for any one.
    std::string pattern;
    /// Index of the founder, from 0.
    std::size_t founder = 0;
    bool operator==(const FreezeRule&) const = default;
};

/// Which tensors are merged, and which aren't.
struct TensorRules {
    /// Patterns of tensors left out altogether.
    std::vector<std::string> exclude;
    std::vector<FreezeRule> freeze;
    /// Where vocabularies differ in size, merge the rows that all founders have; off: refuse.
    bool commonVocabulary = false;
    bool operator==(const TensorRules&) const = default;
};

}  // namespace mergarium
