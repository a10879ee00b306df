#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Mixtral (Jiang et al., arXiv 2401.04088): Mistral with experts.
DecoderConfig readMixtral(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.normEpsilon = 1e-5, .ropeTheta = 1e6, .keyHeadsAsHeads = false});
    const auto window = keys.countOrZero("sliding_window", 0);
    for (auto& layer : config.layers) {
        layer.window = window;
        layer.experts = true;
    }
    config.experts = {.count = keys.count("num_local_experts", 8),
                      .perToken = keys.count("num_experts_per_tok", 2),
                      .intermediate = config.intermediate,
                      .normalised = true};
    config.names.router = "block_sparse_moe.gate";
    config.names.experts = "block_sparse_moe.experts.";
    config.names.expertGate = "w1";
    config.names.expertUp = "w3";
    config.names.expertDown = "w2";
    config.begins = true;
    return config;
}

}  // namespace

const ModelFamily kMixtral{.type = "mixtral", .architecture = "MixtralForCausalLM", .read = readMixtral};

}  // namespace mergarium
