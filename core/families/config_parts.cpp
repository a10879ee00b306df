#include "core/families/config_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mergarium {
namespace {

constexpr std::int64_t kMostLayers = 10'000;
constexpr std::int32_t kMostContext = std::numeric_limits<std::int32_t>::max();

double yarnSharpening(double factor, double scale) {
    return factor <= 1.0 ? 1.0 : 0.1 * scale * std::log(factor) + 1.0;
}

RopeScaling::Yarn yarnOf(const ConfigKeys& rope, std::int64_t context) {
    RopeScaling::Yarn yarn;
    yarn.originalContext = rope.positive("original_max_position_embeddings", static_cast<double>(context));
    yarn.factor = rope.positive("factor", static_cast<double>(context) / yarn.originalContext);
    yarn.betaFast = rope.positive("beta_fast", yarn.betaFast);
    yarn.betaSlow = rope.positive("beta_slow", yarn.betaSlow);
    yarn.truncate = rope.flag("truncate", true);
    if (rope.has("attention_factor"))
        yarn.attentionFactor = rope.positive("attention_factor");
    else if (rope.has("mscale") && rope.has("mscale_all_dim"))
        yarn.attentionFactor = yarnSharpening(yarn.factor, rope.positive("mscale")) /
                               yarnSharpening(yarn.factor, rope.positive("mscale_all_dim"));
    else
        yarn.attentionFactor = yarnSharpening(yarn.factor, 1.0);
    return yarn;
}

RopeScaling::Llama3 llama3Of(const ConfigKeys& rope) {
    const RopeScaling::Llama3 llama3{.factor = rope.positive("factor"),
                                     .lowFrequencyFactor = rope.positive("low_freq_factor"),
                                     .highFrequencyFactor = rope.positive("high_freq_factor"),
                                     .originalContext = rope.positive("original_max_position_embeddings")};
    if (llama3.highFrequencyFactor <= llama3.lowFrequencyFactor)
        rope.refuse("high_freq_factor", "must be above low_freq_factor");
    return llama3;
}

RopeScaling::Long longOf(const ConfigKeys& rope, const ConfigKeys& keys, const DecoderConfig& config) {
    RopeScaling::Long scaling{.shortFactors = rope.positives("short_factor"),
                              .longFactors = rope.positives("long_factor"),
                              .originalContext = rope.has("original_max_position_embeddings")
                                                     ? rope.count("original_max_position_embeddings")
                                                     : keys.count("original_max_position_embeddings", config.context)};
    for (const auto* key : {"short_factor", "long_factor"})
        if (2 * static_cast<std::int64_t>(rope.find(key)->size()) != config.rotated)
            rope.refuse(key, fmt::format("has {} factors, where {} frequencies are", rope.find(key)->size(),
                                         config.rotated / 2));
    const auto original = static_cast<double>(scaling.originalContext);
    const double factor = rope.positive("factor", static_cast<double>(config.context) / original);
    const double sharpening = factor <= 1.0 ? 1.0 : std::sqrt(1.0 + std::log(factor) / std::log(original));
    scaling.attentionFactor = rope.positive("attention_factor", sharpening);
    return scaling;
}

void setRotated(const ConfigKeys& keys, DecoderConfig& config, const FamilyDefaults& defaults) {
    std::optional<double> part = defaults.rotatedPart;
    const auto read = [&](const ConfigKeys& from, std::string_view key) {
        if (!from.has(key)) return;
        const double value = from.positive(key);
        if (value > 1.0 || (!defaults.rotatedPart && value != 1.0)) from.unsupported(key);
        if (defaults.rotatedPart) part = value;
    };
    for (const auto* key : {"rotary_pct", "partial_rotary_factor"}) read(keys, key);
    for (const auto* key : {"rope_scaling", "rope_parameters"})
        if (keys.has(key)) read(keys.child(key), "partial_rotary_factor");
    config.rotated = static_cast<std::int64_t>(part.value_or(1.0) * static_cast<double>(config.headSize));
    if (config.rotated == config.headSize) return requireEvenHeads(keys, config);
    if (config.rotated % 2 == 0 && config.rotated > 0) return;
    keys.refuse("partial_rotary_factor",
                fmt::format("({}) takes {} of a head's {} numbers, where an even number is needed", part.value_or(1.0),
                            config.rotated, config.headSize));
}

}  // namespace

RopeScaling ropeScalingOf(const ConfigKeys& rope, const ConfigKeys& keys, const DecoderConfig& config) {
    const char* typeKey = rope.has("rope_type") ? "rope_type" : "type";
    const std::string type = rope.has(typeKey)    ? rope.text(typeKey)
                             : rope.has("factor") ? rope.text("rope_type")
                                                  : "default";
    if (type == "default") return {};
    // Up to max_position_embeddings, and no longer text is taken, the dynamic kind leaves frequencies as they are.
    if (type == "dynamic") return {};
    if (type == "linear") return {RopeScaling::Linear{rope.positive("factor")}};
    if (type == "yarn") return {yarnOf(rope, config.context)};
    if (type == "llama3") return {llama3Of(rope)};
    if (type == "longrope" || type == "su") return {longOf(rope, keys, config)};
    rope.unsupported(typeKey, "; supported are default, linear, dynamic, llama3, longrope and yarn");
}

RopeConfig readRope(const ConfigKeys& keys, DecoderConfig& config, const FamilyDefaults& defaults) {
    setRotated(keys, config, defaults);
    RopeConfig result{.theta = keys.positive("rope_theta", keys.positive("rotary_emb_base", defaults.ropeTheta))};
    for (const char* key : {"rope_scaling", "rope_parameters"}) {
        if (!keys.has(key)) continue;
        const auto rope = keys.child(key);
        for (const char* kind : {"full_attention", "sliding_attention"})
            if (rope.has(kind)) rope.unsupported(kind, ": one rope for all layers is");
        result.theta = rope.positive("rope_theta", result.theta);
        result.scaling = ropeScalingOf(rope, keys, config);
    }
    if (const auto* yarn = std::get_if<RopeScaling::Yarn>(&result.scaling.kind)) {
        const double context = yarn->factor * yarn->originalContext;
        if (context > kMostContext)
            keys.refuse("rope_scaling", fmt::format("makes the context {} tokens long; at most {} are supported",
                                                    context, kMostContext));
        config.context = std::max(config.context, static_cast<std::int64_t>(context));
    }
    return result;
}

void requireEvenHeads(const ConfigKeys& keys, const DecoderConfig& config) {
    if (config.headSize % 2 != 0) keys.refuse("head_dim", fmt::format("({}) must be even", config.headSize));
}

void setLayers(const ConfigKeys& keys, DecoderConfig& config, std::int64_t count) {
    if (count > kMostLayers)
        keys.refuse("num_hidden_layers",
                    fmt::format("is {}, which is not supported; at most {} are", count, kMostLayers));
    config.layers.assign(static_cast<std::size_t>(count),
                         {.scoreScale = 1.0 / std::sqrt(static_cast<double>(config.headSize))});
}

void readHeads(const ConfigKeys& keys, DecoderConfig& config, const FamilyDefaults& defaults) {
    config.heads = keys.count("num_attention_heads");
    const bool asHeads = defaults.keyHeadsAsHeads || keys.isNull("num_key_value_heads");
    config.keyHeads = asHeads ? keys.count("num_key_value_heads", config.heads) : keys.count("num_key_value_heads");
    if (config.heads % config.keyHeads != 0)
        keys.refuse("num_attention_heads",
                    fmt::format("({}) is no multiple of num_key_value_heads ({})", config.heads, config.keyHeads));
    if (keys.has("head_dim")) {
        config.headSize = keys.count("head_dim");
    } else {
        if (config.hidden % config.heads != 0)
            keys.refuse("hidden_size",
                        fmt::format("({}) is no multiple of num_attention_heads ({}), and head_dim is missing",
                                    config.hidden, config.heads));
        config.headSize = config.hidden / config.heads;
    }
}

DecoderConfig commonSizes(const ConfigKeys& keys, const FamilyDefaults& defaults) {
    DecoderConfig config;
    config.vocabulary = keys.count("vocab_size");
    config.hidden = keys.count("hidden_size");
    config.intermediate = keys.count("intermediate_size");
    config.context = keys.count("max_position_embeddings");
    readHeads(keys, config, defaults);
    config.norm.epsilon = keys.positive(defaults.normEpsilonKey, defaults.normEpsilon);
    config.headNorm.epsilon = config.norm.epsilon;
    config.tied = keys.flag("tie_word_embeddings", defaults.tied);
    config.activation = activationOf(keys, defaults.activationKey, defaults.activation);
    setLayers(keys, config, keys.count("num_hidden_layers"));
    return config;
}

DecoderConfig commonConfig(const ConfigKeys& keys, const FamilyDefaults& defaults) {
    auto config = commonSizes(keys, defaults);
    config.ropes = {readRope(keys, config, defaults)};
    return config;
}

std::vector<std::string> layerTypes(const ConfigKeys& keys, const DecoderConfig& config,
                                    std::initializer_list<std::string_view> known,
                                    const std::function<std::string_view(std::size_t layer)>& otherwise) {
    const auto* types = keys.find("layer_types");
    if (types && (!types->is_array() || types->size() != config.layers.size()))
        keys.refuse("layer_types", "needs one entry per layer");
    std::vector<std::string> result;
    for (std::size_t layer = 0; layer < config.layers.size(); ++layer) {
        if (types && std::ranges::find(known, types->at(layer)) == known.end())
            keys.refuse("layer_types", fmt::format("has {} for layer {}, which is not supported here",
                                                   types->at(layer).dump(), layer));
        result.push_back(types ? types->at(layer).get<std::string>() : std::string(otherwise(layer)));
    }
    return result;
}

void setWindows(const ConfigKeys& keys, DecoderConfig& config, std::int64_t window,
                const std::function<bool(std::size_t layer)>& slides) {
    const std::string_view sliding = "sliding_attention", full = "full_attention";
    const auto types =
        layerTypes(keys, config, {sliding, full}, [&](std::size_t layer) { return slides(layer) ? sliding : full; });
    for (std::size_t layer = 0; layer < config.layers.size(); ++layer)
        config.layers[layer].window = types[layer] == sliding ? window : 0;
}

Activation activationOf(const ConfigKeys& keys, std::string_view key, std::string_view otherwise) {
    const auto name = keys.text(key, otherwise);
    if (name == "silu" || name == "swish") return Activation::Silu;
    if (name == "gelu") return Activation::Gelu;
    if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast") return Activation::GeluTanh;
    if (name == "relu") return Activation::Relu;
    keys.unsupported(key, "; supported are silu, gelu, gelu_new, gelu_pytorch_tanh and relu");
}

void setExpertLayers(const ConfigKeys& keys, DecoderConfig& config) {
    const auto plain = keys.counts("mlp_only_layers");
    const auto step = static_cast<std::size_t>(keys.count("decoder_sparse_step", 1));
    for (std::size_t layer = 0; layer < config.layers.size(); ++layer)
        config.layers[layer].experts =
            (layer + 1) % step == 0 && std::ranges::find(plain, static_cast<std::int64_t>(layer)) == plain.end();
}

}  // namespace mergarium
