#pragma once

#include <span>

namespace mergarium {

/// One of the numbers that a sign is elected of, and what it adds to the divisor.
struct Vote {
    std::span<const float> values;
    float weight = 1.0f;
};

/// Adds, entry by entry, the values whose sign is that of `signs` (plus where it is 0), and their weights. A zero has
/// no sign.
void addAgreeing(const Vote& vote, std::span<const float> signs, std::span<float> sums, std::span<float> weights);

}  // namespace mergarium
