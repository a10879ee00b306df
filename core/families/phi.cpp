#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Phi-1 to Phi-2 (Gunasekar et al., arXiv 2306.11644): attention and perceptron side by side, biases everywhere.
DecoderConfig readPhi(const ConfigKeys& keys) {
    auto config = commonConfig(
        keys, {.normEpsilon = 1e-5, .normEpsilonKey = "layer_norm_eps", .rotatedPart = 0.5, .activation = "gelu_new"});
    config.norm = {.kind = NormConfig::Kind::Layer, .epsilon = config.norm.epsilon, .bias = true};
    config.parallel = true;
    config.inputBias = config.outputBias = config.mlpBias = config.headBias = true;
    if (keys.flag("qk_layernorm", false)) config.headNorms = HeadNorms::Shared;
    config.headNorm = config.norm;
    config.names.norm = "final_layernorm";
    config.names.mlpNorm = "";
    config.names.queryNorm = "self_attn.q_layernorm";
    config.names.keyNorm = "self_attn.k_layernorm";
    config.names.output = "self_attn.dense";
    config.names.gate = "";
    config.names.up = "mlp.fc1";
    config.names.down = "mlp.fc2";
    return config;
}

}  // namespace

const ModelFamily kPhi{.type = "phi", .architecture = "PhiForCausalLM", .read = readPhi};

}  // namespace mergarium
