#include "core/founders/adapters/lora.h"

#include "core/files/beneath.h"
#include "core/files/json.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <regex>
#include <stdexcept>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// Settings that change the adapter's result in ways that are not supported here.
constexpr std::array<std::string_view, 9> kUnsupported{
    "use_dora",          "lora_bias",       "layer_replication",
    "use_qalora",        "megatron_config", "trainable_token_indices",
    "target_parameters", "arrow_config",    "alora_invocation_tokens"};
/// Initialisations that also change the base's weights, so that the adapter means nothing on the base itself.
constexpr std::array<std::string_view, 5> kChangesBase{"pissa", "olora", "loftq", "corda", "lora_ga"};

/// Of alpha_pattern; models have fewer layers.
constexpr std::size_t kMostPatterns = 10'000;
/// A counted repetition is expanded to megabytes.
constexpr std::size_t kMostRepetitions = 20;

bool isOff(const nlohmann::json& value) {
    return value.is_null() || value == false || (value.is_structured() && value.empty());
}

/// The part of adapter_config.json that affects the weights.
struct LoraSettings {
    fs::path path;
    double alpha = 0;
    std::uint64_t rank = 0;
    bool rootOfRank = false, transposed = false;
    /// Alphas of individual layers, by a regular expression that matches the end of their name.
    std::vector<std::pair<std::regex, double>> alphas;
    /// Whether some layers may have another rank.
    bool ranksDiffer = false;

    double scaleOf(const std::string& layer, std::uint64_t rankOfLayer) const {
        const auto own =
            std::ranges::find_if(alphas, [&](const auto& one) { return std::regex_match(layer, one.first); });
        const auto ranks = static_cast<double>(rankOfLayer);
        return (own == alphas.end() ? alpha : own->second) / (rootOfRank ? std::sqrt(ranks) : ranks);
    }
};

double numberAt(const nlohmann::json& value, const fs::path& path, std::string_view key) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) refuse(path, fmt::format("'{}' is no number", key));
    return value.get<double>();
}

std::regex endingOf(const std::string& pattern, const fs::path& path) {
    auto flags = std::regex::ECMAScript | std::regex::optimize;
#ifdef __GLIBCXX__
    flags |= std::regex_constants::__polynomial;  // a hostile expression must not take exponential time
#endif
    try {
        if (pattern.size() > 500) throw std::regex_error(std::regex_constants::error_space);
        return std::regex("(.*\\.)?(" + pattern + ")", flags);
    } catch (const std::regex_error&) {
        refuse(path,
               fmt::format("'alpha_pattern' has the key '{}', which is no regular expression that Mergarium can use",
                           pattern.substr(0, 100)));
    }
}

LoraSettings settingsIn(const fs::path& path) {
    const auto json = readJsonObject(path, kSettingsJson);
    const auto flag = [&](const char* key) {
        const auto found = json.find(key);
        if (found == json.end() || found->is_null()) return false;
        if (!found->is_boolean()) refuse(path, fmt::format("'{}' is neither true nor false", key));
        return found->get<bool>();
    };
    const auto kind = json.value("peft_type", nlohmann::json());
    if (kind != "LORA")
        refuse(path, fmt::format("the adapter is of the kind {} where Mergarium knows \"LORA\" alone", kind.dump()));
    for (const auto key : kUnsupported)
        if (const auto found = json.find(key); found != json.end() && !isOff(*found))
            refuse(path, fmt::format("'{}' is {}, which Mergarium can't add to the base; merge the adapter with PEFT "
                                     "and name the result",
                                     key, found->dump().substr(0, 60)));
    if (const auto bias = json.find("bias"); bias != json.end() && *bias != "none")
        refuse(path, fmt::format("'bias' is {}: adapters that train biases can't be added to the base; merge it with "
                                 "PEFT and name the result",
                                 bias->dump().substr(0, 60)));
    if (const auto start = json.find("init_lora_weights"); start != json.end() && start->is_string()) {
        const auto name = start->get<std::string>();
        if (std::ranges::any_of(kChangesBase, [&](auto one) { return name.starts_with(one); }))
            refuse(path, fmt::format("'init_lora_weights' is '{}', which changes the base too; convert the adapter to "
                                     "a plain one with PEFT",
                                     name));
    }

    LoraSettings settings{
        .path = path, .rootOfRank = flag("use_rslora"), .transposed = flag("fan_in_fan_out"), .alphas = {}};
    const auto rank = json.value("r", nlohmann::json());
    if (!rank.is_number_unsigned() || rank == 0) refuse(path, "'r' is no whole number above 0");
    settings.rank = rank.get<std::uint64_t>();
    settings.alpha = numberAt(json.value("lora_alpha", nlohmann::json()), path, "lora_alpha");
    const auto ranks = json.value("rank_pattern", nlohmann::json());
    settings.ranksDiffer = !isOff(ranks);
    const auto alphas = json.value("alpha_pattern", nlohmann::json());
    if (!isOff(alphas) && !alphas.is_object()) refuse(path, "'alpha_pattern' is no object");
    if (!alphas.is_object()) return settings;
    std::size_t repetitions = 0;
    for (const auto& [pattern, value] : alphas.items()) {
        repetitions += pattern.find('{') != pattern.npos ? 1 : 0;
        if (settings.alphas.size() == kMostPatterns || repetitions > kMostRepetitions)
            refuse(path, fmt::format("'alpha_pattern' has more than {} keys, or {} with counted repetitions",
                                     kMostPatterns, kMostRepetitions));
        settings.alphas.emplace_back(endingOf(pattern, path), numberAt(value, path, "alpha_pattern." + pattern));
    }
    return settings;
}

/// The two matrices of a layer; null until found.
struct Pair {
    const StoredTensor* down = nullptr;
    const StoredTensor* up = nullptr;
    bool embedding = false;
};

/// What the adapter's file holds, by layer ("model.layers.0.self_attn.q_proj"), and whole tensors by name.
struct Contents {
    std::map<std::string, Pair> layers;
    std::map<std::string, const StoredTensor*> whole;
};

/// Takes the part ".middle" out of "a.middle.b".
void erasePart(std::string& name, std::string_view part) {
    for (auto at = name.find(part); at != name.npos; at = name.find(part, at + 1))
        if (const auto end = at + part.size(); end == name.size() || name[end] == '.') name.erase(at, part.size());
}

Contents contentsOf(const Checkpoint& weights, const fs::path& folder) {
    constexpr std::string_view kPrefix = "base_model.model.";
    Contents contents;
    for (const auto& tensor : weights.tensors()) {
        if (!tensor.name.starts_with(kPrefix))
            refuse(folder, fmt::format("the tensor '{}' is not named as PEFT names tensors", tensor.name));
        if (!isFloating(tensor.dtype))
            refuse(folder,
                   fmt::format("the tensor '{}' is {}, no floating numbers", tensor.name, nameOf(tensor.dtype)));
        auto name = tensor.name.substr(kPrefix.size());
        erasePart(name, ".default");
        const auto at = name.find(".lora_");
        if (at == name.npos) {
            erasePart(name, ".modules_to_save");
            erasePart(name, ".base_layer");
            if (!contents.whole.emplace(name, &tensor).second)
                refuse(folder, fmt::format("two tensors stand for '{}' of the base", name));
            continue;
        }
        const auto kind = name.substr(at + 1);
        auto& layer = contents.layers[name.substr(0, at)];
        if (kind == "lora_A.weight" || kind == "lora_embedding_A")
            layer.down = &tensor;
        else if (kind == "lora_B.weight" || kind == "lora_embedding_B")
            layer.up = &tensor;
        else
            refuse(folder, fmt::format("the tensor '{}' belongs to a kind of adapter that Mergarium can't add to the "
                                       "base; merge it with PEFT",
                                       tensor.name));
        layer.embedding = kind.starts_with("lora_embedding");
    }
    return contents;
}

/// The base's tensor for PEFT's name of it: the same name, the name without its first part, or the only one with that
/// ending; models with and without a head wrap the same tensors differently.
const StoredTensor* inBase(const Checkpoint& base, const std::string& name) {
    if (const auto* tensor = base.find(name)) return tensor;
    if (const auto dot = name.find('.'); dot != name.npos)
        if (const auto* tensor = base.find(name.substr(dot + 1))) return tensor;
    const StoredTensor* only = nullptr;
    for (const auto& tensor : base.tensors())
        if (tensor.name.ends_with("." + name)) {
            if (only) return nullptr;
            only = &tensor;
        }
    return only;
}

/// Whether scale * up * down has the base's shape, straight or transposed.
bool fits(const StoredTensor& base, std::uint64_t outputs, std::uint64_t inputs, bool transposed) {
    if (base.shape.size() < 2 || (transposed && base.shape.size() != 2)) return false;
    const auto rows = static_cast<std::uint64_t>(base.shape.front());
    return rows == (transposed ? inputs : outputs) && base.count == outputs * inputs;
}

LoraDelta deltaOf(const std::string& layer, const Pair& pair, const LoraSettings& settings, const Checkpoint& base,
                  const fs::path& folder) {
    if (!pair.down || !pair.up) refuse(folder, fmt::format("the layer '{}' has only one of its two matrices", layer));
    const auto* tensor = inBase(base, layer + ".weight");
    if (!tensor)
        refuse(folder,
               fmt::format("the adapter changes '{}.weight', which the base {} doesn't have; is it the right base?",
                           layer, base.path().string()));
    if (!isFloating(tensor->dtype))
        refuse(folder, fmt::format("'{}' of the base is {}, no floating numbers", tensor->name, nameOf(tensor->dtype)));

    const auto rank = pair.down->shape.empty() ? 0 : static_cast<std::uint64_t>(pair.down->shape.front());
    const auto outputs = pair.up->shape.empty() ? 0 : static_cast<std::uint64_t>(pair.up->shape.front());
    if (rank == 0 || pair.down->count == 0 || pair.up->count != outputs * rank || pair.up->shape.size() < 2 ||
        static_cast<std::uint64_t>(pair.up->shape[1]) != rank)
        refuse(folder, fmt::format("the matrices of '{}' don't fit each other: [{}] and [{}]", layer,
                                   fmt::join(pair.up->shape, ", "), fmt::join(pair.down->shape, ", ")));
    if (!settings.ranksDiffer && rank != settings.rank)
        refuse(folder, fmt::format("the layer '{}' has the rank {}, where adapter_config.json says {}", layer, rank,
                                   settings.rank));

    const auto inputs = pair.down->count / rank;
    bool transposed = pair.embedding || settings.transposed;
    // PEFT corrects the setting per kind of layer, and stores only one value.
    if (!fits(*tensor, outputs, inputs, transposed)) transposed = !transposed;
    if (!fits(*tensor, outputs, inputs, transposed))
        refuse(folder,
               fmt::format("the adapter makes [{}, {}] for '{}', where the base {} has [{}]; is it the right base?",
                           outputs, inputs, tensor->name, base.path().string(), fmt::join(tensor->shape, ", ")));
    return {tensor->name, pair.down, pair.up, settings.scaleOf(layer, rank), transposed};
}

LoraReplacement replacementOf(const std::string& name, const StoredTensor& by, const Checkpoint& base,
                              const fs::path& folder) {
    const auto* tensor = inBase(base, name);
    if (!tensor)
        refuse(folder,
               fmt::format("the adapter replaces '{}', which the base {} doesn't have", name, base.path().string()));
    const bool alike = tensor->shape.size() == by.shape.size() && !by.shape.empty() &&
                       std::equal(by.shape.begin() + 1, by.shape.end(), tensor->shape.begin() + 1);
    if (!alike || !isFloating(tensor->dtype))
        refuse(folder, fmt::format("the adapter replaces '{}' by [{}], where the base has {} [{}]", name,
                                   fmt::join(by.shape, ", "), nameOf(tensor->dtype), fmt::join(tensor->shape, ", ")));
    return {tensor->name, &by};
}

}  // namespace

LoraAdapter openLora(const fs::path& folder, const Checkpoint& base) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
        refuse(folder, "an adapter is a folder with adapter_config.json and adapter_model.safetensors");
    const auto settings = settingsIn(folder / "adapter_config.json");
    constexpr const char* kWeights = "adapter_model.safetensors";
    if (!fs::exists(fs::symlink_status(folder / kWeights, error)) && fs::exists(folder / "adapter_model.bin", error))
        Checkpoint::open(folder / "adapter_model.bin");

    LoraAdapter adapter{.folder = folder,
                        .weights = Checkpoint::openIn(folder, kWeights),
                        .configuration = openBeneath(folder, settings.path.filename().string()),
                        .deltas = {},
                        .replacements = {}};
    const auto contents = contentsOf(*adapter.weights, folder);
    for (const auto& [layer, pair] : contents.layers)
        adapter.deltas.push_back(deltaOf(layer, pair, settings, base, folder));
    for (const auto& [name, tensor] : contents.whole)
        adapter.replacements.push_back(replacementOf(name, *tensor, base, folder));
    std::ranges::sort(adapter.deltas, {}, &LoraDelta::tensor);
    std::ranges::sort(adapter.replacements, {}, &LoraReplacement::tensor);

    std::map<std::string, int> changes;
    for (const auto& delta : adapter.deltas) ++changes[delta.tensor];
    for (const auto& replacement : adapter.replacements) ++changes[replacement.tensor];
    for (const auto& [tensor, count] : changes)
        if (count > 1) refuse(folder, fmt::format("the adapter changes '{}' of the base twice", tensor));
    return adapter;
}

}  // namespace mergarium
