#pragma once

#include "core/comparison/comparison.h"
#include "core/figures/drawing.h"

#include <span>

namespace mergarium {

/// One panel a comparison, side by side: test score in percent against evaluations, mean curve and standard error band
/// of every arm, published end points as diamonds at the right edge, and a legend with the end points in numbers.
Drawing figureOf(std::span<const Comparison> comparisons);

}  // namespace mergarium
