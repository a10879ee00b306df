#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Command R7B (Cohere): Command R with windows, and no positions where there is no window.
DecoderConfig readCohere2(const ConfigKeys& keys) {
    auto config = commonConfig(keys, {.normEpsilon = 1e-5, .normEpsilonKey = "layer_norm_eps", .tied = true});
    setCommandR(keys, config);
    const auto pattern = static_cast<std::size_t>(keys.count("sliding_window_pattern", 4));
    setWindows(keys, config, keys.count("sliding_window", 4096),
               [&](std::size_t layer) { return (layer + 1) % pattern != 0; });
    for (auto& layer : config.layers)
        if (layer.window == 0) layer.rope.reset();
    return config;
}

}  // namespace

const ModelFamily kCohere2{.type = "cohere2", .architecture = "Cohere2ForCausalLM", .read = readCohere2};

}  // namespace mergarium
