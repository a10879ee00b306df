#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Gemma 3 (Gemma team, arXiv 2503.19786), its language model: norms of queries and keys, and another rotary
/// embedding in layers that see a window.
DecoderConfig readGemma3(const ConfigKeys& keys) {
    if (keys.flag("use_bidirectional_attention", false))
        keys.unsupported("use_bidirectional_attention", ": texts are read from left to right");
    auto config = commonSizes(keys, gemmaDefaults());
    setGemma2(keys, config);
    config.scoreCap = keys.positiveOrNone("attn_logit_softcapping");
    config.logitCap = keys.positiveOrNone("final_logit_softcapping");
    config.headNorms = HeadNorms::Shared;
    config.headNorm = config.norm;
    requireEvenHeads(keys, config);
    config.rotated = config.headSize;
    config.ropes = {RopeConfig{.theta = keys.positive("rope_theta", 1e6)},
                    RopeConfig{.theta = keys.positive("rope_local_base_freq", 1e4)}};
    if (keys.has("rope_scaling")) config.ropes[0].scaling = ropeScalingOf(keys.child("rope_scaling"), keys, config);
    if (keys.has("rope_parameters"))
        for (std::size_t rope = 0; rope < config.ropes.size(); ++rope) {
            const char* const kind = rope == 0 ? "full_attention" : "sliding_attention";
            const auto all = keys.child("rope_parameters");
            if (!all.has(kind)) all.refuse(kind, "is missing");
            const auto one = all.child(kind);
            config.ropes[rope] = {.theta = one.positive("rope_theta", config.ropes[rope].theta),
                                  .scaling = ropeScalingOf(one, keys, config)};
        }
    const auto pattern =
        static_cast<std::size_t>(keys.count("sliding_window_pattern", keys.count("_sliding_window_pattern", 6)));
    setWindows(keys, config, keys.count("sliding_window", 4096),
               [&](std::size_t layer) { return (layer + 1) % pattern != 0; });
    for (auto& layer : config.layers) layer.rope = layer.window > 0 ? 1 : 0;
    return config;
}

}  // namespace

const ModelFamily kGemma3{.type = "gemma3_text",
                          .architecture = "Gemma3ForCausalLM",
                          .read = readGemma3,
                          .sizes = R"({"vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216,
                                       "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
                                       "head_dim": 256, "max_position_embeddings": 131072})"};

}  // namespace mergarium
