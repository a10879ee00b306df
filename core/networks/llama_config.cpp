#include "core/networks/llama_config.h"

#include "core/files/excerpt.h"
#include "core/files/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace mergarium {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostLayers = 10'000;

/// An object of a configuration file, and its name for error messages.
class Keys {
public:
    Keys(const json& object, std::string_view source, std::string prefix = {})
        : object_(object), source_(source), prefix_(std::move(prefix)) {
        if (!object.is_object())
            throw std::runtime_error(
                fmt::format("{}: {} is not a JSON object.", source, prefix_.empty() ? "it" : prefix_));
    }

    [[noreturn]] void refuse(std::string_view key, std::string_view why) const {
        throw std::runtime_error(fmt::format("{}: {}{} {}.", source_, prefix_, key, excerptOf(why, 1000)));
    }
    [[noreturn]] void unsupported(std::string_view key, std::string_view what) const {
        refuse(key, fmt::format("is {}, which is not supported{}", object_.at(key).dump(), what));
    }

    /// Null counts as absent, as in the files' own convention.
    const json* find(std::string_view key) const {
        const auto found = object_.find(key);
        return found == object_.end() || found->is_null() ? nullptr : &*found;
    }

    std::int64_t count(std::string_view key) const {
        const json* value = find(key);
        if (!value) refuse(key, "is missing");
        if (!value->is_number_integer() || value->get<std::int64_t>() < 1 ||
            value->get<std::int64_t>() > std::numeric_limits<std::int32_t>::max())
            refuse(key, fmt::format("is {} where a whole number from 1 up is needed", value->dump()));
        return value->get<std::int64_t>();
    }
    std::int64_t count(std::string_view key, std::int64_t otherwise) const {
        return find(key) ? count(key) : otherwise;
    }

    double positive(std::string_view key) const {
        const json* value = find(key);
        if (!value) refuse(key, "is missing");
        if (!value->is_number() || !(value->get<double>() > 0.0) || !std::isfinite(value->get<double>()))
            refuse(key, fmt::format("is {} where a positive number is needed", value->dump()));
        return value->get<double>();
    }
    double positive(std::string_view key, double otherwise) const { return find(key) ? positive(key) : otherwise; }

    bool flag(std::string_view key, bool otherwise) const {
        const json* value = find(key);
        if (!value) return otherwise;
        if (!value->is_boolean()) refuse(key, fmt::format("is {} where true or false is needed", value->dump()));
        return value->get<bool>();
    }

    std::string text(std::string_view key) const {
        const json* value = find(key);
        if (!value) refuse(key, "is missing");
        if (!value->is_string()) refuse(key, fmt::format("is {} where a text is needed", value->dump()));
        return value->get<std::string>();
    }

    Keys child(std::string_view key) const { return {object_.at(key), source_, fmt::format("{}{}.", prefix_, key)}; }
    bool has(std::string_view key) const { return find(key) != nullptr; }

private:
    const json& object_;
    std::string_view source_;
    std::string prefix_;
};

struct FamilyName {
    LlamaConfig::Family family;
    std::string_view type, architecture;
};
constexpr std::array<FamilyName, 4> kFamilies{{{LlamaConfig::Family::Llama, "llama", "LlamaForCausalLM"},
                                               {LlamaConfig::Family::Mistral, "mistral", "MistralForCausalLM"},
                                               {LlamaConfig::Family::Qwen2, "qwen2", "Qwen2ForCausalLM"},
                                               {LlamaConfig::Family::Qwen3, "qwen3", "Qwen3ForCausalLM"}}};

LlamaConfig::Family familyOf(const Keys& keys) {
    const auto type = keys.text("model_type");
    for (const auto& one : kFamilies) {
        if (one.type != type) continue;
        if (const json* architectures = keys.find("architectures"))
            if (!architectures->is_array() || architectures->size() != 1 || architectures->front() != one.architecture)
                keys.unsupported("architectures",
                                 fmt::format("; for model_type \"{}\" it is [\"{}\"]", type, one.architecture));
        return one.family;
    }
    keys.unsupported("model_type", "; supported are llama, mistral, qwen2 and qwen3");
}

double yarnSharpening(double factor, double scale) {
    return factor <= 1.0 ? 1.0 : 0.1 * scale * std::log(factor) + 1.0;
}

RopeScaling::Yarn yarnOf(const Keys& keys, std::int64_t context) {
    RopeScaling::Yarn yarn;
    yarn.originalContext = keys.positive("original_max_position_embeddings", static_cast<double>(context));
    yarn.factor = keys.positive("factor", static_cast<double>(context) / yarn.originalContext);
    yarn.betaFast = keys.positive("beta_fast", yarn.betaFast);
    yarn.betaSlow = keys.positive("beta_slow", yarn.betaSlow);
    yarn.truncate = keys.flag("truncate", true);
    if (keys.has("attention_factor"))
        yarn.attentionFactor = keys.positive("attention_factor");
    else if (keys.has("mscale") && keys.has("mscale_all_dim"))
        yarn.attentionFactor = yarnSharpening(yarn.factor, keys.positive("mscale")) /
                               yarnSharpening(yarn.factor, keys.positive("mscale_all_dim"));
    else
        yarn.attentionFactor = yarnSharpening(yarn.factor, 1.0);
    return yarn;
}

RopeScaling scalingOf(const Keys& keys, std::int64_t context) {
    const char* typeKey = keys.has("rope_type") ? "rope_type" : "type";
    const std::string type = keys.has(typeKey)    ? keys.text(typeKey)
                             : keys.has("factor") ? keys.text("rope_type")
                                                  : "default";
    if (type == "default") return {};
    // Up to max_position_embeddings, and no longer text is taken, the dynamic kind leaves frequencies as they are.
    if (type == "dynamic") return {};
    if (type == "linear") return {RopeScaling::Linear{keys.positive("factor")}};
    if (type == "yarn") return {yarnOf(keys, context)};
    if (type == "llama3") {
        const RopeScaling::Llama3 llama3{.factor = keys.positive("factor"),
                                         .lowFrequencyFactor = keys.positive("low_freq_factor"),
                                         .highFrequencyFactor = keys.positive("high_freq_factor"),
                                         .originalContext = keys.positive("original_max_position_embeddings")};
        if (llama3.highFrequencyFactor <= llama3.lowFrequencyFactor)
            keys.refuse("high_freq_factor", "must be above low_freq_factor");
        return {llama3};
    }
    keys.unsupported(typeKey, "; supported are default, linear, dynamic, llama3 and yarn");
}

void readRope(const Keys& keys, LlamaConfig& config) {
    config.ropeTheta = keys.positive("rope_theta", config.ropeTheta);
    for (const char* key : {"rope_scaling", "rope_parameters"}) {
        if (!keys.has(key)) continue;
        const auto rope = keys.child(key);
        for (const char* kind : {"full_attention", "sliding_attention"})
            if (rope.has(kind)) rope.unsupported(kind, ": one rope for all layers is");
        if (rope.has("partial_rotary_factor") && rope.positive("partial_rotary_factor") != 1.0)
            rope.unsupported("partial_rotary_factor", "");
        config.ropeTheta = rope.positive("rope_theta", config.ropeTheta);
        config.ropeScaling = scalingOf(rope, config.context);
    }
    if (keys.has("partial_rotary_factor") && keys.positive("partial_rotary_factor") != 1.0)
        keys.unsupported("partial_rotary_factor", "");
    if (const auto* yarn = std::get_if<RopeScaling::Yarn>(&config.ropeScaling.kind))
        config.context = std::max(config.context, static_cast<std::int64_t>(yarn->factor * yarn->originalContext));
}

/// Which layers see a window only, by the rules of each family.
void readWindows(const Keys& keys, LlamaConfig& config) {
    const bool qwen = config.family == LlamaConfig::Family::Qwen2 || config.family == LlamaConfig::Family::Qwen3;
    const bool windowed =
        config.family == LlamaConfig::Family::Mistral || (qwen && keys.flag("use_sliding_window", false));
    const std::int64_t window = windowed && keys.has("sliding_window") ? keys.count("sliding_window") : 0;
    const std::int64_t firstWindowed =
        qwen && window > 0 && !keys.has("layer_types") ? keys.count("max_window_layers") : 0;
    std::vector<std::int64_t> windows(static_cast<std::size_t>(config.layers), 0);
    for (std::size_t layer = 0; layer < windows.size(); ++layer)
        if (static_cast<std::int64_t>(layer) >= firstWindowed) windows[layer] = window;

    if (const json* types = keys.find("layer_types")) {
        if (!types->is_array() || types->size() != windows.size())
            keys.refuse("layer_types", "needs one entry per layer");
        for (std::size_t layer = 0; layer < windows.size(); ++layer) {
            const auto& type = types->at(layer);
            if (type == "full_attention" && config.family != LlamaConfig::Family::Mistral)
                windows[layer] = 0;
            else if (type != (windows[layer] > 0 ? "sliding_attention" : "full_attention"))
                keys.refuse("layer_types",
                            fmt::format("has {} for layer {}, which is not supported here", type.dump(), layer));
        }
    }
    if (window > 0) config.windows = std::move(windows);
}

std::vector<std::int32_t> endTokensOf(const Keys& keys) {
    std::vector<std::int32_t> tokens;
    const json* value = keys.find("eos_token_id");
    if (!value) return tokens;
    for (const auto& one : value->is_array() ? *value : json::array({*value})) {
        if (!one.is_number_integer() || one.get<std::int64_t>() < 0 ||
            one.get<std::int64_t>() > std::numeric_limits<std::int32_t>::max())
            keys.refuse("eos_token_id",
                        fmt::format("is {} where a token or a list of tokens is needed", value->dump()));
        tokens.push_back(one.get<std::int32_t>());
    }
    return tokens;
}

}  // namespace

LlamaConfig LlamaConfig::parse(const json& document, std::string_view source) {
    const Keys keys(document, source);
    LlamaConfig config;
    config.family = familyOf(keys);
    if (keys.has("quantization_config"))
        keys.refuse("quantization_config",
                    "asks for quantised weights, which are not supported; use an unquantised copy");
    if (keys.has("hidden_act") && keys.text("hidden_act") != "silu")
        keys.unsupported("hidden_act", "; supported is silu");

    config.vocabulary = keys.count("vocab_size");
    config.hidden = keys.count("hidden_size");
    config.intermediate = keys.count("intermediate_size");
    config.layers = keys.count("num_hidden_layers");
    if (config.layers > kMostLayers)
        keys.unsupported("num_hidden_layers", fmt::format("; at most {} are", kMostLayers));
    config.heads = keys.count("num_attention_heads");
    config.context = keys.count("max_position_embeddings");
    config.keyHeads = config.family == Family::Llama ? keys.count("num_key_value_heads", config.heads)
                                                     : keys.count("num_key_value_heads");
    if (config.heads % config.keyHeads != 0)
        keys.refuse("num_attention_heads",
                    fmt::format("({}) is no multiple of num_key_value_heads ({})", config.heads, config.keyHeads));
    if (keys.has("head_dim") || config.family == Family::Qwen3) {
        config.headSize = keys.count("head_dim");
    } else {
        if (config.hidden % config.heads != 0)
            keys.refuse("hidden_size",
                        fmt::format("({}) is no multiple of num_attention_heads ({}), and head_dim is missing",
                                    config.hidden, config.heads));
        config.headSize = config.hidden / config.heads;
    }
    if (config.headSize % 2 != 0) keys.refuse("head_dim", fmt::format("({}) must be even", config.headSize));

    config.normEpsilon = keys.positive("rms_norm_eps", config.normEpsilon);
    config.tied = keys.flag("tie_word_embeddings", false);
    const bool attentionBias = keys.flag("attention_bias", false);
    const bool choosesBias = config.family == Family::Llama || config.family == Family::Qwen3;
    config.inputBias = config.family == Family::Qwen2 || (choosesBias && attentionBias);
    config.outputBias = choosesBias && attentionBias;
    config.mlpBias = config.family == Family::Llama && keys.flag("mlp_bias", false);
    config.headNorms = config.family == Family::Qwen3;
    readRope(keys, config);
    readWindows(keys, config);
    config.endTokens = endTokensOf(keys);
    return config;
}

LlamaConfig LlamaConfig::read(const std::filesystem::path& folder) {
    const auto path = folder / "config.json";
    auto config = parse(readJsonObject(path, kSettingsJson), path.string());
    const auto generation = folder / "generation_config.json";
    if (std::filesystem::exists(generation)) {
        const auto document = readJsonObject(generation, kSettingsJson);
        const auto source = generation.string();
        if (auto tokens = endTokensOf(Keys(document, source)); !tokens.empty()) config.endTokens = std::move(tokens);
    }
    return config;
}

}  // namespace mergarium
