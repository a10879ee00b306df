#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// StarCoder 2 (Lozhkov et al., arXiv 2402.19173): layer norms, a plain perceptron, a window in all layers.
DecoderConfig readStarcoder2(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.normEpsilon = 1e-5,
                                      .normEpsilonKey = "norm_epsilon",
                                      .tied = true,
                                      .activation = "gelu_pytorch_tanh",
                                      .keyHeadsAsHeads = false});
    config.norm = {.kind = NormConfig::Kind::Layer, .epsilon = config.norm.epsilon, .bias = true};
    config.inputBias = config.outputBias = config.mlpBias = keys.flag("use_bias", true);
    const auto window = keys.countOrZero("sliding_window", 0);
    for (auto& layer : config.layers) layer.window = window;
    config.names.gate = "";
    config.names.up = "mlp.c_fc";
    config.names.down = "mlp.c_proj";
    return config;
}

}  // namespace

const ModelFamily kStarcoder2{.type = "starcoder2", .architecture = "Starcoder2ForCausalLM", .read = readStarcoder2};

}  // namespace mergarium
