#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Llama 1 to 3 (Touvron et al., arXiv 2302.13971; Grattafiori et al., arXiv 2407.21783).
DecoderConfig readLlama(const ConfigKeys& keys) {
    auto config = commonConfig(keys);
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    config.mlpBias = keys.flag("mlp_bias", false);
    setWindows(keys, config, 0, [](std::size_t) { return false; });
    config.begins = true;
    return config;
}

}  // namespace

const ModelFamily kLlama{.type = "llama",
                         .architecture = "LlamaForCausalLM",
                         .read = readLlama,
                         .sizes = R"({"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
                                      "num_hidden_layers": 32, "num_attention_heads": 32,
                                      "max_position_embeddings": 2048})"};

}  // namespace mergarium
