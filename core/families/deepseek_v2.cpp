#include "core/families/all_families.h"
#include "core/families/config_parts.h"

#include <fmt/format.h>

#include <cmath>

namespace mergarium {
namespace {

/// What its published code knows and this doesn't.
void refuseOthers(const ConfigKeys& keys) {
    for (const auto* key : {"attention_bias", "mlp_bias", "norm_topk_prob"})
        if (keys.flag(key, false)) keys.unsupported(key);
    if (keys.text("topk_method", "greedy") != "greedy") keys.unsupported("topk_method", "; greedy is");
    if (keys.text("scoring_func", "softmax") != "softmax") keys.unsupported("scoring_func", "; softmax is");
    if (keys.count("moe_layer_freq", 1) != 1) keys.unsupported("moe_layer_freq", "; 1 is");
    if (keys.count("num_key_value_heads", keys.count("num_attention_heads")) != keys.count("num_attention_heads"))
        keys.unsupported("num_key_value_heads", "; as many as num_attention_heads are");
    for (const auto* rope : {"rope_scaling", "rope_parameters"})
        for (const auto* key : {"mscale", "mscale_all_dim"})
            if (keys.has(rope) && keys.child(rope).has(key)) keys.child(rope).unsupported(key);
}

/// DeepSeek-V2 (DeepSeek-AI, arXiv 2405.04434): latent attention, and experts in all but the first layers.
DecoderConfig readDeepseekV2(const ConfigKeys& keys) {
    refuseOthers(keys);
    DecoderConfig config;
    config.vocabulary = keys.count("vocab_size");
    config.hidden = keys.count("hidden_size");
    config.intermediate = keys.count("intermediate_size");
    config.context = keys.count("max_position_embeddings");
    config.heads = config.keyHeads = keys.count("num_attention_heads");
    config.norm.epsilon = keys.positive("rms_norm_eps", 1e-6);
    config.tied = keys.flag("tie_word_embeddings", false);
    config.activation = activationOf(keys, "hidden_act", "silu");

    const LatentAttention attention{
        .keyRank = keys.count("kv_lora_rank"),
        .queryRank = keys.isNull("q_lora_rank") ? 0 : keys.count("q_lora_rank"),
        .plainSize = keys.count("qk_nope_head_dim"),
        .rotatedSize = keys.count("qk_rope_head_dim"),
        .valueSize = keys.count("v_head_dim"),
    };
    // The rotary embedding knows of that part alone.
    config.headSize = attention.rotatedSize;
    if (config.headSize % 2 != 0) keys.refuse("qk_rope_head_dim", fmt::format("({}) must be even", config.headSize));
    config.ropes = {readRope(keys, config, {})};
    config.ropePairs = RopePairs::Neighbours;
    config.headSize = attention.plainSize + attention.rotatedSize;
    setLayers(keys, config, keys.count("num_hidden_layers"));

    const auto width = keys.count("moe_intermediate_size");
    config.experts = {.count = keys.count("n_routed_experts"),
                      .perToken = keys.count("num_experts_per_tok"),
                      .intermediate = width,
                      .scale = keys.positive("routed_scaling_factor", 1.0),
                      .sharedIntermediate = keys.countOrZero("n_shared_experts", 0) * width};
    config.names.sharedExpert = "mlp.shared_experts.";
    const auto first = static_cast<std::size_t>(keys.countOrZero("first_k_dense_replace", 0));
    for (std::size_t layer = 0; layer < config.layers.size(); ++layer) {
        config.layers[layer].mixer = attention;
        config.layers[layer].experts = layer >= first;
    }
    return config;
}

}  // namespace

const ModelFamily kDeepseekV2{.type = "deepseek_v2", .architecture = "DeepseekV2ForCausalLM", .read = readDeepseekV2};

}  // namespace mergarium
