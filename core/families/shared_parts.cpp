// What some families have in common with their own later versions.
#include "core/families/config_parts.h"

#include <cmath>

namespace mergarium {

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
