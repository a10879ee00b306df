// What some families have in common with their own later versions.
#include "core/families/config_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace mergarium {
namespace {

DeltaRule deltaRuleOf(const ConfigKeys& keys) {
    // A text's matrices are as large as heads times sizes; no tensor is.
    constexpr std::int64_t kMostNumbers = 1 << 26;
    const DeltaRule rule{.keyHeads = keys.count("linear_num_key_heads"),
                         .valueHeads = keys.count("linear_num_value_heads"),
                         .keySize = keys.count("linear_key_head_dim"),
                         .valueSize = keys.count("linear_value_head_dim"),
                         .convolution = keys.count("linear_conv_kernel_dim")};
    for (const auto* key :
         {"linear_num_key_heads", "linear_num_value_heads", "linear_key_head_dim", "linear_value_head_dim"})
        if (keys.count(key) > kMostHeads)
            keys.refuse(key, fmt::format("({}) is more than {}", keys.count(key), kMostHeads));
    if (rule.valueHeads % rule.keyHeads != 0)
        keys.refuse("linear_num_value_heads",
                    fmt::format("({}) is no multiple of linear_num_key_heads ({})", rule.valueHeads, rule.keyHeads));
    if (rule.valueHeads * rule.keySize * rule.valueSize > kMostNumbers)
        keys.refuse("linear_num_value_heads",
                    fmt::format("({}) matrices of linear_key_head_dim ({}) by linear_value_head_dim ({}) are more than "
                                "{} numbers",
                                rule.valueHeads, rule.keySize, rule.valueSize, kMostNumbers));
    return rule;
}

}  // namespace

DecoderConfig gatedQwenConfig(const ConfigKeys& keys, bool byKeyHead) {
    for (const auto* key : {"num_key_value_heads", "head_dim"})
        if (!keys.has(key)) keys.refuse(key, "is missing");
    auto config = commonConfig(keys, {.rotatedPart = 0.25});
    config.norm.plusOne = true;
    config.headNorm = config.norm;
    config.headNorms = HeadNorms::Shared;
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);

    auto rule = deltaRuleOf(keys);
    rule.byKeyHead = byKeyHead;
    const auto* types = keys.find("layer_types");
    if (types && (!types->is_array() || types->size() != config.layers.size()))
        keys.refuse("layer_types", "needs one entry per layer");
    const auto interval = static_cast<std::size_t>(keys.count("full_attention_interval", 4));
    for (std::size_t index = 0; index < config.layers.size(); ++index) {
        auto& layer = config.layers[index];
        const auto type = types                         ? types->at(index)
                          : (index + 1) % interval == 0 ? nlohmann::json("full_attention")
                                                        : nlohmann::json("linear_attention");
        if (type != "full_attention" && type != "linear_attention")
            keys.refuse("layer_types",
                        fmt::format("has {} for layer {}, which is not supported here", type.dump(), index));
        if (type == "full_attention")
            layer.mixer = Attention{.gated = true};
        else
            layer = {.mixer = rule, .rope = std::nullopt, .scoreScale = layer.scoreScale};
    }
    return config;
}

void setQwenWindows(const ConfigKeys& keys, DecoderConfig& config) {
    const auto window = keys.flag("use_sliding_window", false) ? keys.countOrZero("sliding_window", 0) : 0;
    const auto first = static_cast<std::size_t>(keys.countOrZero("max_window_layers", 28));
    setWindows(keys, config, window, [&](std::size_t layer) { return layer >= first; });
}

FamilyDefaults gemmaDefaults() {
    return {.tied = true,
            .activation = "gelu_pytorch_tanh",
            .activationKey = "hidden_activation",
            .keyHeadsAsHeads = false};
}

void setGemma(DecoderConfig& config) {
    config.norm.plusOne = true;
    config.begins = true;
    config.embeddingScale = std::sqrt(static_cast<double>(config.hidden));
}

void setGemma2(const ConfigKeys& keys, DecoderConfig& config) {
    setGemma(config);
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    for (auto& layer : config.layers) layer.scoreScale = 1.0 / std::sqrt(keys.positive("query_pre_attn_scalar", 256.0));
    config.names.attentionOutputNorm = "post_attention_layernorm";
    config.names.mlpNorm = "pre_feedforward_layernorm";
    config.names.mlpOutputNorm = "post_feedforward_layernorm";
}

void setCommandR(const ConfigKeys& keys, DecoderConfig& config) {
    config.norm = {.kind = NormConfig::Kind::Layer, .epsilon = config.norm.epsilon};
    config.headNorm = config.norm;
    config.parallel = true;
    config.begins = true;
    config.ropePairs = RopePairs::Neighbours;
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    config.logitScale = keys.positive("logit_scale", 0.0625);
    config.names.mlpNorm = "";
}

}  // namespace mergarium
