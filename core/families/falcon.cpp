#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Falcon (Almazrouei et al., arXiv 2311.16867).
DecoderConfig readFalcon(const ConfigKeys& keys) {
    if (keys.flag("alibi", false)) keys.unsupported("alibi", ": rotary positions are");
    DecoderConfig config;
    config.vocabulary = keys.count("vocab_size");
    config.hidden = keys.count("hidden_size");
    config.intermediate = keys.count("ffn_hidden_size", 4 * config.hidden);
    config.context = keys.count("max_position_embeddings", 2048);
    config.heads = keys.count("num_attention_heads");
    if (config.hidden % config.heads != 0) keys.refuse("hidden_size", "is no multiple of num_attention_heads");
    config.headSize = config.hidden / config.heads;
    setLayers(keys, config, keys.count("num_hidden_layers"));
    config.ropes = {readRope(keys, config, {})};

    const bool later = keys.flag("new_decoder_architecture", false);
    const bool oneKey = !later && keys.flag("multi_query", true);
    config.keyHeads = oneKey ? 1 : later ? keys.count("num_kv_heads", config.heads) : config.heads;
    if (config.heads % config.keyHeads != 0) keys.refuse("num_attention_heads", "is no multiple of num_kv_heads");
    config.projections = oneKey ? Projections::Joined : Projections::ByKeyHead;
    config.norm = {.kind = NormConfig::Kind::Layer, .epsilon = keys.positive("layer_norm_epsilon", 1e-5), .bias = true};
    config.parallel = later || keys.flag("parallel_attn", true);
    config.activation = activationOf(keys, "activation", "gelu");
    config.inputBias = config.outputBias = config.mlpBias = keys.flag("bias", false);
    config.tied = keys.flag("tie_word_embeddings", true);

    const bool twoNorms = later && keys.count("num_ln_in_parallel_attn", 2) == 2;
    config.names.attentionNorm = twoNorms ? "ln_attn" : "input_layernorm";
    config.names.mlpNorm = twoNorms ? "ln_mlp" : config.parallel ? "" : "post_attention_layernorm";
    config.names.base = "transformer.";
    config.names.embedding = "word_embeddings";
    config.names.layers = "h.";
    config.names.norm = "ln_f";
    config.names.joined = "self_attention.query_key_value";
    config.names.output = "self_attention.dense";
    config.names.gate = "";
    config.names.up = "mlp.dense_h_to_4h";
    config.names.down = "mlp.dense_4h_to_h";
    return config;
}

}  // namespace

const ModelFamily kFalcon{.type = "falcon", .architecture = "FalconForCausalLM", .read = readFalcon};

}  // namespace mergarium
