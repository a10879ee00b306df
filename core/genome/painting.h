#pragma once

#include "core/genome/recipe.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// Positions [begin, end) of the parameter vector.
struct VectorRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    std::uint64_t size() const { return end - begin; }
    bool operator==(const VectorRange&) const = default;
};

/// The range cut into at most `width` bins of equal size (within one element), in order. None when either is empty.
std::vector<VectorRange> binsOf(VectorRange range, std::size_t width);

/// What a founder contributes to each bin: its share |c_k| / sum |c| of a position's coefficients, in [0, 1], averaged
/// over the bin's positions. bins x K, bin by bin; a bin sums to 1, minus the part of it that has no founder (all
/// coefficients 0) or lies past the recipe's end. `bins` are ascending. Pure; O((spans in range + bins) x K).
std::vector<float> contributions(const Recipe& recipe, std::span<const VectorRange> bins);

/// A stretch of a recipe in numbers.
struct RangeCoefficients {
    /// One per founder, signed, averaged over the positions.
    std::vector<double> mean;
    /// How many spans the stretch touches.
    std::size_t spans = 0;
};
RangeCoefficients coefficientsOver(const Recipe& recipe, VectorRange range);

}  // namespace mergarium
