#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Qwen 3 (Yang et al., arXiv 2505.09388): Llama with norms of queries and keys.
DecoderConfig readQwen3(const ConfigKeys& keys) {
    if (!keys.has("head_dim")) keys.refuse("head_dim", "is missing");
    auto config = commonConfig(keys, {.keyHeadsAsHeads = false});
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    config.headNorms = HeadNorms::Shared;
    setQwenWindows(keys, config);
    return config;
}

}  // namespace

const ModelFamily kQwen3{.type = "qwen3", .architecture = "Qwen3ForCausalLM", .read = readQwen3};

}  // namespace mergarium
