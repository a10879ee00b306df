#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Command R (Cohere): attention and perceptron side by side, neighbours rotated, logits scaled.
DecoderConfig readCohere(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.normEpsilon = 1e-5, .normEpsilonKey = "layer_norm_eps", .tied = true});
    setCommandR(keys, config);
    if (keys.flag("use_qk_norm", false)) config.headNorms = HeadNorms::Own;
    return config;
}

}  // namespace

const ModelFamily kCohere{.type = "cohere", .architecture = "CohereForCausalLM", .read = readCohere};

}  // namespace mergarium
