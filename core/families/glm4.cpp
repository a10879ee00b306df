#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// GLM-4 (GLM team, arXiv 2406.12793), as of 2025: four norms a layer, neighbours of half a head rotated.
DecoderConfig readGlm4(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.normEpsilon = 1.5625e-7, .rotatedPart = 0.5, .keyHeadsAsHeads = false});
    config.ropePairs = RopePairs::Neighbours;
    config.inputBias = keys.flag("attention_bias", false);
    config.names.attentionOutputNorm = "post_self_attn_layernorm";
    config.names.mlpOutputNorm = "post_mlp_layernorm";
    config.names.gateUp = "mlp.gate_up_proj";
    return config;
}

}  // namespace

const ModelFamily kGlm4{.type = "glm4", .architecture = "Glm4ForCausalLM", .read = readGlm4};

}  // namespace mergarium
