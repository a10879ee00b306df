#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Phi-3 and Phi-4 (Abdin et al., arXiv 2404.14219): Llama with joined products, and LongRoPE.
DecoderConfig readPhi3(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.normEpsilon = 1e-5, .rotatedPart = 1.0});
    config.projections = Projections::Joined;
    config.names.joined = "self_attn.qkv_proj";
    config.names.gateUp = "mlp.gate_up_proj";
    const auto window = keys.countOrZero("sliding_window", 0);
    for (auto& layer : config.layers) layer.window = window;
    return config;
}

}  // namespace

const ModelFamily kPhi3{.type = "phi3", .architecture = "Phi3ForCausalLM", .read = readPhi3};

}  // namespace mergarium
