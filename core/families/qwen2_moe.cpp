#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Qwen 1.5 and 2 with experts, one of them for all tokens, taken as far as a product of its own says.
DecoderConfig readQwen2Moe(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.keyHeadsAsHeads = false});
    config.inputBias = keys.flag("qkv_bias", true);
    setQwenWindows(keys, config);
    config.experts = {.count = keys.count("num_experts", 60),
                      .perToken = keys.count("num_experts_per_tok", 4),
                      .intermediate = keys.count("moe_intermediate_size"),
                      .normalised = keys.flag("norm_topk_prob", false),
                      .sharedIntermediate = keys.count("shared_expert_intermediate_size")};
    config.names.sharedGate = "mlp.shared_expert_gate";
    setExpertLayers(keys, config);
    return config;
}

}  // namespace

const ModelFamily kQwen2Moe{.type = "qwen2_moe", .architecture = "Qwen2MoeForCausalLM", .read = readQwen2Moe};

}  // namespace mergarium
