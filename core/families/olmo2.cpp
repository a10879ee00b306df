#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// OLMo 2 (OLMo team, arXiv 2501.00656): norms behind attention and perceptron, and of whole queries and keys.
DecoderConfig readOlmo2(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.normEpsilon = 1e-5});
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    config.headNorms = HeadNorms::Whole;
    config.names.attentionNorm = "";
    config.names.attentionOutputNorm = "post_attention_layernorm";
    config.names.mlpNorm = "";
    config.names.mlpOutputNorm = "post_feedforward_layernorm";
    return config;
}

}  // namespace

const ModelFamily kOlmo2{.type = "olmo2", .architecture = "Olmo2ForCausalLM", .read = readOlmo2};

}  // namespace mergarium
