#pragma once

#include "core/families/decoder_config.h"

#include <vector>

namespace mergarium {

/// Rotary position embedding (Su et al., arXiv 2104.09864): pair i of a head's numbers, as a point in the plane, is
/// rotated by position * frequencies[i].
struct Rotary {
    /// One per pair.
    std::vector<float> frequencies;
    /// Factor of cosines and sines; 1 except for YaRN and LongRoPE.
    float scale = 1.0F;
    /// Other frequencies for texts of more tokens than this; 0: there are none.
    std::int64_t shortest = 0;
    std::vector<float> longFrequencies = {};

    const std::vector<float>& frequenciesFor(std::int64_t textLength) const {
        return shortest > 0 && textLength > shortest ? longFrequencies : frequencies;
    }

    /// For `rotated` numbers of a head.
    static Rotary of(const RopeConfig& config, std::int64_t rotated);
    /// All of a network's.
    static std::vector<Rotary> allOf(const DecoderConfig& config);
};

}  // namespace mergarium
