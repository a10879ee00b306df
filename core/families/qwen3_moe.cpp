#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Qwen 3 with experts.
DecoderConfig readQwen3Moe(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.keyHeadsAsHeads = false});
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    config.headNorms = HeadNorms::Shared;
    for (auto& layer : config.layers) layer.window = qwenWindow(keys);
    config.experts = {.count = keys.countOf({"num_experts", "num_local_experts"}),
                      .perToken = keys.count("num_experts_per_tok", 8),
                      .intermediate = keys.count("moe_intermediate_size"),
                      .normalised = keys.flag("norm_topk_prob", false)};
    setExpertLayers(keys, config);
    return config;
}

}  // namespace

const ModelFamily kQwen3Moe{.type = "qwen3_moe", .architecture = "Qwen3MoeForCausalLM", .read = readQwen3Moe};

}  // namespace mergarium
