#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Qwen3-Next: experts, one of them for all tokens, behind the layers of Qwen 3.5.
DecoderConfig readQwen3Next(const ConfigKeys& keys) {
    auto config = gatedQwenConfig(keys, /*byKeyHead=*/true);
    config.experts = {.count = keys.count("num_experts"),
                      .perToken = keys.count("num_experts_per_tok", 10),
                      .intermediate = keys.count("moe_intermediate_size"),
                      .normalised = keys.flag("norm_topk_prob", true),
                      .sharedIntermediate = keys.count("shared_expert_intermediate_size")};
    config.names.sharedGate = "mlp.shared_expert_gate";
    setExpertLayers(keys, config);
    return config;
}

}  // namespace

const ModelFamily kQwen3Next{.type = "qwen3_next", .architecture = "Qwen3NextForCausalLM", .read = readQwen3Next};

}  // namespace mergarium
