#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Gemma 2 (Gemma team, arXiv 2408.00118): four norms a layer, soft caps, every other layer sees a window.
DecoderConfig readGemma2(const ConfigKeys& keys) {
    auto config = commonConfig(keys, gemmaDefaults());
    setGemma2(keys, config);
    config.scoreCap = keys.positiveOrNone("attn_logit_softcapping", 50.0);
    config.logitCap = keys.positiveOrNone("final_logit_softcapping", 30.0);
    setWindows(keys, config, keys.count("sliding_window", 4096), [](std::size_t layer) { return layer % 2 == 0; });
    return config;
}

}  // namespace

const ModelFamily kGemma2{.type = "gemma2", .architecture = "Gemma2ForCausalLM", .read = readGemma2};

}  // namespace mergarium
