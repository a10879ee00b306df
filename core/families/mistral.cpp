#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Mistral (Jiang et al., arXiv 2310.06825): Llama with a window in all layers.
DecoderConfig readMistral(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.keyHeadsAsHeads = false});
    const auto window = keys.countOrNone("sliding_window", 4096);
    setWindows(keys, config, window, [](std::size_t) { return true; });
    for (const auto& layer : config.layers)
        if (layer.window != window) keys.unsupported("layer_types", ": a window in all layers is, or in none");
    config.begins = true;
    return config;
}

}  // namespace

const ModelFamily kMistral{.type = "mistral",
                           .architecture = "MistralForCausalLM",
                           .read = readMistral,
                           .sizes = R"({"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 14336,
                                        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
                                        "max_position_embeddings": 131072})"};

}  // namespace mergarium
