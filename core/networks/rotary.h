#pragma once

#include "core/networks/llama_config.h"

#include <vector>

namespace mergarium {

/// Rotary position embedding (Su et al., arXiv 2104.09864): numbers i and i + headSize/2 of a head, as a point in the
/// plane, are rotated by position * frequencies[i].
struct Rotary {
    /// headSize / 2 angles per position.
    std::vector<float> frequencies;
    /// Factor of cosines and sines; 1 except for YaRN.
    float scale = 1.0F;

    static Rotary of(const LlamaConfig& config);
};

}  // namespace mergarium
