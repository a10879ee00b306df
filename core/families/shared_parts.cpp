// What some families have in common with their own later versions.
#include "core/families/config_parts.h"

#include <fmt/format.h>

#include <cmath>

namespace mergarium {
namespace {

DeltaRule deltaRuleOf(const ConfigKeys& keys) {
    // A text's matrices are as large as heads times sizes; no tensor is.
    constexpr std::int64_t kMostNumbers = 1 << 26;
    const auto bounded = [&](std::string_view key) {
        const auto count = keys.count(key);
        if (count > kMostHeads) keys.refuse(key, fmt::format("({}) is more than {}", count, kMostHeads));
        return count;
    };
    const DeltaRule rule{.keyHeads = bounded("linear_num_key_heads"),
                         .valueHeads = bounded("linear_num_value_heads"),
                         .keySize = bounded("linear_key_head_dim"),
                         .valueSize = bounded("linear_value_head_dim"),
                         .convolution = keys.count("linear_conv_kernel_dim")};
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
    if (!keys.has("head_dim")) keys.refuse("head_dim", "is missing");
    auto config = commonConfig(keys, {.rotatedPart = 0.25, .keyHeadsAsHeads = false});
    // Where no layer has attention, no tensor shows it.
    if (config.headSize > kMostHeads)
        keys.refuse("head_dim", fmt::format("({}) is more than {}", config.headSize, kMostHeads));
    config.norm.plusOne = true;
    config.headNorm = config.norm;
    config.headNorms = HeadNorms::Shared;
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    // What predicts further tokens than the next.
    config.names.idleParts = {"mtp."};

    auto rule = deltaRuleOf(keys);
    rule.byKeyHead = byKeyHead;
    const std::string_view linear = "linear_attention", full = "full_attention";
    const auto interval = static_cast<std::size_t>(keys.count("full_attention_interval", 4));
    const auto types = layerTypes(keys, config, {linear, full},
                                  [&](std::size_t layer) { return (layer + 1) % interval == 0 ? full : linear; });
    for (std::size_t index = 0; index < config.layers.size(); ++index) {
        auto& layer = config.layers[index];
        if (types[index] == full)
            layer.mixer = Attention{.gated = true};
        else
            layer = {.mixer = rule, .rope = std::nullopt};
    }
    return config;
}

std::int64_t qwenWindow(const ConfigKeys& keys) {
    return keys.flag("use_sliding_window", false) ? keys.countOrNone("sliding_window", 4096) : 0;
}

void setQwenWindows(const ConfigKeys& keys, DecoderConfig& config) {
    const auto first = static_cast<std::size_t>(keys.countOrZero("max_window_layers", 28));
    setWindows(keys, config, qwenWindow(keys), [&](std::size_t layer) { return layer >= first; });
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
