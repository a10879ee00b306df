#pragma once

#include "core/founders/adapters/lora.h"

#include <cstddef>
#include <span>

namespace mergarium {

/// What an adapter adds to a tensor, and how much of it.
struct WeightedDelta {
    const LoraDelta* delta = nullptr;
    double weight = 1;
};

/// base + the sum of weight * scale * up * down (or its transpose) as elements of `dtype` at `to`: each product summed
/// in fp32 in order of rank, scaled and added to the base in the order given, the sum rounded once. Where a delta has
/// magnitudes, which must be the only one then, each output's weights are divided by their norm, in double, and
/// multiplied by its magnitude. `bytes` are the base's elements. `to` has room for base.count elements.
void addDeltas(const TensorDescription& base, const std::byte* bytes, std::span<const WeightedDelta> deltas,
               DType dtype, std::byte* to);

}  // namespace mergarium
