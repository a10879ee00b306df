#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// SmolLM 3 (Hugging Face): Llama in which some layers know no positions (Yang et al., arXiv 2501.18795).
DecoderConfig readSmollm3(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.tied = true, .ropeTheta = 2e6, .keyHeadsAsHeads = false});
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    config.mlpBias = keys.flag("mlp_bias", false);
    const auto turned = keys.counts("no_rope_layers");  // 1: rotary, 0: none
    if (!turned.empty() && turned.size() != config.layers.size())
        keys.refuse("no_rope_layers", "needs one entry per layer");
    const auto interval = static_cast<std::size_t>(keys.count("no_rope_layer_interval", 4));
    for (std::size_t layer = 0; layer < config.layers.size(); ++layer)
        if (turned.empty() ? (layer + 1) % interval == 0 : turned[layer] == 0) config.layers[layer].rope.reset();
    const auto window = keys.flag("use_sliding_window", false) ? keys.countOrZero("sliding_window", 0) : 0;
    setWindows(keys, config, window, [&](std::size_t layer) { return !config.layers[layer].rope; });
    return config;
}

}  // namespace

const ModelFamily kSmollm3{.type = "smollm3", .architecture = "SmolLM3ForCausalLM", .read = readSmollm3};

}  // namespace mergarium
