#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Granite 3 (IBM): Llama with four multipliers (Yang et al., arXiv 2203.03466).
DecoderConfig readGranite(const ConfigKeys& keys) {
    auto config = commonConfig(keys);
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    config.mlpBias = keys.flag("mlp_bias", false);
    config.embeddingScale = keys.positive("embedding_multiplier", 1.0);
    config.residualScale = keys.positive("residual_multiplier", 1.0);
    config.logitScale = 1.0 / keys.positive("logits_scaling", 1.0);
    for (auto& layer : config.layers) layer.scoreScale = keys.positive("attention_multiplier", 1.0);
    return config;
}

}  // namespace

const ModelFamily kGranite{.type = "granite", .architecture = "GraniteForCausalLM", .read = readGranite};

}  // namespace mergarium
