#pragma once

#include "core/networks/llama_config.h"

#include <vector>

namespace mergarium {

/// Rotary position embedding (Su et al., arXiv 2104.09864): numbers i and i + headSize/2 of a head, as a point in the
/// plane, are turned by position * frequencies[i].
struct Rotary {
    /// headSize / 2 angles per position.
    std::vector<float> frequencies;
    /// What cosines and sines are multiplied by; 1 but for YaRN.
    float scale = 1.0F;

    static Rotary of(const LlamaConfig& config);
};

}  // namespace mergarium
