#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// OLMoE (Muennighoff et al., arXiv 2409.02060): experts, and norms of whole queries and keys.
DecoderConfig readOlmoe(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.normEpsilon = 1e-5});
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    config.headNorms = HeadNorms::Whole;
    config.projectionLimit = keys.positiveOrNone("clip_qkv");
    config.experts = {.count = keys.countOf({"num_experts", "num_local_experts"}),
                      .perToken = keys.count("num_experts_per_tok", 8),
                      .intermediate = config.intermediate,
                      .normalised = keys.flag("norm_topk_prob", false)};
    for (auto& layer : config.layers) layer.experts = true;
    return config;
}

}  // namespace

const ModelFamily kOlmoe{.type = "olmoe", .architecture = "OlmoeForCausalLM", .read = readOlmoe};

}  // namespace mergarium
