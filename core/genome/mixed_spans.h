#pragma once

#include "core/genome/interpolation.h"
#include "core/genome/splice.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// One stretch of the parameter vector on which a child is first * theta_1 + second * theta_2 with constant
/// coefficients.
struct MixedSpan {
    std::uint64_t end = 0;
    MixingCoefficients mixing;
};

/// Gives the Gram matrix of the two parents over [begin, end).
class PairGrams {
public:
    virtual ~PairGrams() = default;
    virtual PairGram over(std::uint64_t begin, std::uint64_t end) = 0;
};

/// How a splice mixes two parents, span by span, ascending (paper, equation 4): a span ends at every split point
/// and, where the angle is taken per tensor, at every tensor's end. `tensorEnds` ascend to D. Empty spans are left out.
void mixedSpans(const Splice& splice, std::span<const std::uint64_t> tensorEnds, PairGrams& grams,
                std::vector<MixedSpan>& spans);

}  // namespace mergarium
