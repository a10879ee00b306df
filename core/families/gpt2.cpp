#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// GPT-2 (Radford et al., 2019): learnt positions, matrices stored the other way round.
DecoderConfig readGpt2(const ConfigKeys& keys) {
    DecoderConfig config;
    config.vocabulary = keys.count("vocab_size");
    config.hidden = keys.count("n_embd");
    config.intermediate = keys.count("n_inner", 4 * config.hidden);
    config.context = config.positions = keys.count("n_positions");
    config.heads = config.keyHeads = keys.count("n_head");
    if (config.hidden % config.heads != 0) keys.refuse("n_embd", "is no multiple of n_head");
    config.headSize = config.hidden / config.heads;
    config.norm = {.kind = NormConfig::Kind::Layer, .epsilon = keys.positive("layer_norm_epsilon", 1e-5), .bias = true};
    config.activation = activationOf(keys, "activation_function", "gelu_new");
    config.tied = keys.flag("tie_word_embeddings", true);
    config.inputBias = config.outputBias = config.mlpBias = true;
    config.transposed = true;
    config.projections = Projections::Joined;

    setLayers(keys, config, keys.count("n_layer"));
    const bool scaled = keys.flag("scale_attn_weights", true);
    const bool byDepth = keys.flag("scale_attn_by_inverse_layer_idx", false);
    for (std::size_t layer = 0; layer < config.layers.size(); ++layer) {
        config.layers[layer].rope.reset();
        if (!scaled) config.layers[layer].scoreScale = 1.0;
        if (byDepth) config.layers[layer].scoreScale /= static_cast<double>(layer + 1);
    }

    config.names.base = "transformer.";
    config.names.embedding = "wte";
    config.names.positions = "wpe";
    config.names.layers = "h.";
    config.names.norm = "ln_f";
    config.names.attentionNorm = "ln_1";
    config.names.mlpNorm = "ln_2";
    config.names.joined = "attn.c_attn";
    config.names.output = "attn.c_proj";
    config.names.gate = "";
    config.names.up = "mlp.c_fc";
    config.names.down = "mlp.c_proj";
    config.names.idle = {".attn.bias", ".attn.masked_bias"};
    return config;
}

}  // namespace

const ModelFamily kGpt2{.type = "gpt2", .architecture = "GPT2LMHeadModel", .read = readGpt2};

}  // namespace mergarium
