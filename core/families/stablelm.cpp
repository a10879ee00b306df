#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// StableLM 2 (Bellagente et al., arXiv 2402.17834): Llama with layer norms, and part of every head rotated.
DecoderConfig readStablelm(const ConfigKeys& keys) {
    auto config = commonConfig(
        keys, {.normEpsilon = 1e-5, .normEpsilonKey = "layer_norm_eps", .rotatedPart = 0.25, .keyHeadsAsHeads = false});
    config.norm = {.kind = NormConfig::Kind::Layer, .epsilon = config.norm.epsilon, .bias = true};
    config.headNorm = {.kind = NormConfig::Kind::Layer, .epsilon = config.norm.epsilon};
    config.inputBias = keys.flag("use_qkv_bias", false);
    if (keys.flag("qk_layernorm", false)) config.headNorms = HeadNorms::Own;
    config.names.queryNorm = "self_attn.q_layernorm.norms.{}";
    config.names.keyNorm = "self_attn.k_layernorm.norms.{}";
    config.parallel = keys.flag("use_parallel_residual", false);
    if (config.parallel) config.names.mlpNorm = "";
    return config;
}

}  // namespace

const ModelFamily kStablelm{.type = "stablelm", .architecture = "StableLmForCausalLM", .read = readStablelm};

}  // namespace mergarium
