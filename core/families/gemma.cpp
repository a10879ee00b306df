#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Gemma (Gemma team, arXiv 2403.08295): norms stored less one, embeddings scaled.
DecoderConfig readGemma(const ConfigKeys& keys) {
    auto config = commonConfig(keys, gemmaDefaults());
    setGemma(config);
    config.inputBias = config.outputBias = keys.flag("attention_bias", false);
    return config;
}

}  // namespace

const ModelFamily kGemma{.type = "gemma", .architecture = "GemmaForCausalLM", .read = readGemma};

}  // namespace mergarium
