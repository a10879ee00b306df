#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// GPT-NeoX and Pythia (Black et al., arXiv 2204.06745; Biderman et al., arXiv 2304.01373).
DecoderConfig readGptNeox(const ConfigKeys& keys) {
    auto config = commonConfig(
        keys, {.normEpsilon = 1e-5, .normEpsilonKey = "layer_norm_eps", .rotatedPart = 0.25, .activation = "gelu"});
    config.norm = {.kind = NormConfig::Kind::Layer, .epsilon = config.norm.epsilon, .bias = true};
    config.parallel = keys.flag("use_parallel_residual", true);
    config.projections = Projections::ByKeyHead;
    config.inputBias = config.outputBias = keys.flag("attention_bias", true);
    config.mlpBias = true;
    config.names.base = "gpt_neox.";
    config.names.embedding = "embed_in";
    config.names.norm = "final_layer_norm";
    config.names.head = "embed_out";
    config.names.joined = "attention.query_key_value";
    config.names.output = "attention.dense";
    config.names.gate = "";
    config.names.up = "mlp.dense_h_to_4h";
    config.names.down = "mlp.dense_4h_to_h";
    config.names.idle = {".rotary_emb.inv_freq", ".attention.bias", ".attention.masked_bias"};
    return config;
}

}  // namespace

const ModelFamily kGptNeox{.type = "gpt_neox", .architecture = "GPTNeoXForCausalLM", .read = readGptNeox};

}  // namespace mergarium
