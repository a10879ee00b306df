#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mergarium {

/// A LoRA adapter: a folder of PEFT, or a safetensors file.
struct WeightedAdapter {
    std::filesystem::path path;
    /// How much of what it changes is added to the base; finite.
    double weight = 1.0;
    bool operator==(const WeightedAdapter&) const = default;
};

/// The adapters on a base, none or one mostly: each changes the base by its weight, whatever the others change.
class AdapterStack {
public:
    AdapterStack() = default;
    /// One; none where the path is empty.
    template <std::convertible_to<std::filesystem::path> Path>
    AdapterStack(Path path, double weight = 1.0) {
        std::filesystem::path place(std::move(path));
        if (!place.empty()) all_.push_back({std::move(place), weight});
    }
    explicit AdapterStack(std::vector<WeightedAdapter> all) : all_(std::move(all)) {}

    bool empty() const { return all_.empty(); }
    const std::vector<WeightedAdapter>& all() const { return all_; }
    void add(WeightedAdapter one) { all_.push_back(std::move(one)); }

    /// For databases: the path of a lone adapter of weight 1; of others, +PATH*WEIGHT one after the other, with a
    /// backslash before +, * and \ in paths.
    std::string text() const;
    /// Throws std::runtime_error for what text() doesn't make.
    static AdapterStack parse(const std::string& text);
    bool operator==(const AdapterStack&) const = default;

private:
    std::vector<WeightedAdapter> all_;
};

/// A seed model on disk: a safetensors file or a Hugging Face model folder, with adapters on it, if named.
struct CheckpointFounder {
    std::filesystem::path base;
    AdapterStack adapter;
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

/// Whether the founders behind the first are rearranged to go with it before anything merges.
enum class UnitAlignment : std::uint8_t {
    None,
    /// Units that can change places stand where the first founder's are that they are most like.
    Units,
};
constexpr UnitAlignment kUnitAlignments[] = {UnitAlignment::None, UnitAlignment::Units};
constexpr std::string_view nameOf(UnitAlignment alignment) {
    return alignment == UnitAlignment::Units ? "units" : "none";
}

/// Which tensors are merged, and which aren't.
struct TensorRules {
    /// Patterns of tensors left out altogether.
    std::vector<std::string> exclude;
    std::vector<FreezeRule> freeze;
    /// Where vocabularies differ in size, merge the rows that all founders have; off: refuse.
    bool commonVocabulary = false;
    UnitAlignment align = UnitAlignment::None;
    bool operator==(const TensorRules&) const = default;
};

}  // namespace mergarium
