#pragma once

#include "core/comparison/comparison.h"
#include "core/figures/drawing.h"

#include <span>

namespace mergarium {

/// One panel a comparison, side by side: test score in percent against evaluations, mean curve and standard error band
/// of every arm, published end points as diamonds at the right edge, and a legend with the end points in numbers.
Drawing figureOf(std::span<const Comparison> comparisons);

/// Round places to mark an axis at, from `least` to `most`: 3 to 8 of them, steps of 1, 2 or 5 times a power of ten.
std::vector<double> ticksBetween(double least, double most);

}  // namespace mergarium
