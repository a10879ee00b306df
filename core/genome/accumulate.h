#pragma once

#include "core/checkpoint/dtype.h"

#include <cstddef>
#include <span>

namespace mergarium {

/// sums[i] = coefficient * x[i], x being elements of a floating `dtype` stored little-endian at `from`, which needs no
/// alignment. In fp32, rounded after the product; the same bits on every processor.
void scaleInto(DType dtype, const std::byte* from, float coefficient, std::span<float> sums);

/// sums[i] += coefficient * x[i], rounded after the product and after the sum.
void addScaled(DType dtype, const std::byte* from, float coefficient, std::span<float> sums);

/// The same with a coefficient for each element, coefficients[i], of which those that are 0 leave sums[i] as it is.
/// Sums that begin at -0 are then what scaleInto gives first, to the bit.
void addScaled(DType dtype, const std::byte* from, std::span<const float> coefficients, std::span<float> sums);

}  // namespace mergarium
