#include "core/founders/adapters/lora_settings.h"

#include "core/files/json.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace mergarium {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Settings that change the adapter's result in ways that are not supported here.
constexpr std::array<std::string_view, 8> kUnsupported{
    "lora_bias",       "layer_replication",       "use_qalora",
    "megatron_config", "trainable_token_indices", "target_parameters",
    "arrow_config",    "alora_invocation_tokens"};
/// Initialisations that also change the base's weights, so that the adapter means nothing on the base itself.
constexpr std::array<std::string_view, 5> kChangesBase{"pissa", "olora", "loftq", "corda", "lora_ga"};

/// Of alpha_pattern and rank_pattern; models have fewer layers.
constexpr std::size_t kMostPatterns = 10'000;
/// A counted repetition is expanded to megabytes.
constexpr std::size_t kMostRepetitions = 20;

bool isOff(const nlohmann::ordered_json& value) {
    return value.is_null() || value == false || (value.is_structured() && value.empty());
}

std::optional<double> numberOf(const std::string& layer, const LoraPatterns& patterns) {
    const auto own =
        std::ranges::find_if(patterns, [&](const auto& one) { return std::regex_match(layer, one.first); });
    return own == patterns.end() ? std::nullopt : std::optional(own->second);
}

double numberAt(const Json& value, const fs::path& path, std::string_view key) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) refuse(path, fmt::format("'{}' is no number", key));
    return value.get<double>();
}

std::regex endingOf(const std::string& pattern, const fs::path& path, const char* key) {
    auto flags = std::regex::ECMAScript | std::regex::optimize;
#ifdef __GLIBCXX__
    flags |= std::regex_constants::__polynomial;  // a hostile expression must not take exponential time
#endif
    try {
        if (pattern.size() > 500) throw std::regex_error(std::regex_constants::error_space);
        return std::regex("(.*\\.)?(" + pattern + ")", flags);
    } catch (const std::regex_error&) {
        refuse(path, fmt::format("'{}' has the key '{}', which is no regular expression that Mergarium can use", key,
                                 pattern.substr(0, 100)));
    }
}

LoraPatterns patternsIn(const Json& json, const char* key, const fs::path& path) {
    LoraPatterns patterns;
    const auto found = json.find(key);
    if (found == json.end() || isOff(*found)) return patterns;
    if (!found->is_object()) refuse(path, fmt::format("'{}' is no object", key));
    std::size_t repetitions = 0;
    for (const auto& [pattern, value] : found->items()) {
        repetitions += pattern.find('{') != pattern.npos ? 1 : 0;
        if (patterns.size() == kMostPatterns || repetitions > kMostRepetitions)
            refuse(path, fmt::format("'{}' has more than {} keys, or {} with counted repetitions", key, kMostPatterns,
                                     kMostRepetitions));
        patterns.emplace_back(endingOf(pattern, path, key), numberAt(value, path, fmt::format("{}.{}", key, pattern)));
    }
    return patterns;
}

}  // namespace

double LoraSettings::rankOf(const std::string& layer) const {
    return numberOf(layer, ranks).value_or(static_cast<double>(rank));
}

double LoraSettings::scaleOf(const std::string& layer, std::uint64_t rankOfLayer) const {
    const auto ranksOfLayer = static_cast<double>(rankOfLayer);
    return numberOf(layer, alphas).value_or(alpha) / (rootOfRank ? std::sqrt(ranksOfLayer) : ranksOfLayer);
}

LoraSettings readLoraSettings(const fs::path& path) {
    return loraSettingsIn(readOrderedJsonObject(path, kSettingsJson), path);
}

LoraSettings loraSettingsIn(const Json& json, const fs::path& path) {
    const auto flag = [&](const char* key) {
        const auto found = json.find(key);
        if (found == json.end() || found->is_null()) return false;
        if (!found->is_boolean()) refuse(path, fmt::format("'{}' is neither true nor false", key));
        return found->get<bool>();
    };
    const auto kind = json.value("peft_type", Json());
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
        .path = path, .rootOfRank = flag("use_rslora"), .dora = flag("use_dora"), .alphas = {}, .ranks = {}};
    const auto rank = json.value("r", Json());
    if (!rank.is_number_unsigned() || rank == 0) refuse(path, "'r' is no whole number above 0");
    settings.rank = rank.get<std::uint64_t>();
    settings.alpha = numberAt(json.value("lora_alpha", Json()), path, "lora_alpha");
    settings.alphas = patternsIn(json, "alpha_pattern", path);
    settings.ranks = patternsIn(json, "rank_pattern", path);
    return settings;
}

}  // namespace mergarium
