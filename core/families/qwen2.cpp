#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Qwen 2 and 2.5 (Yang et al., arXiv 2407.10671): Llama with biases of queries, keys and values.
DecoderConfig readQwen2(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.keyHeadsAsHeads = false});
    config.inputBias = true;
    setQwenWindows(keys, config);
    return config;
}

}  // namespace

const ModelFamily kQwen2{.type = "qwen2", .architecture = "Qwen2ForCausalLM", .read = readQwen2};

}  // namespace mergarium
