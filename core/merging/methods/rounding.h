#pragma once

#include "core/checkpoint/dtype.h"

#include <cstddef>
#include <span>

namespace mergarium {

// What toFloats and fromFloats do, to the bit, and quicker for BF16: methods read everything several times.
void widen(DType dtype, const std::byte* from, std::span<float> to);
void narrow(DType dtype, std::span<const float> from, std::byte* to);

/// The numbers rounded to an element type; as they are where it is F32.
void roundTo(DType dtype, std::span<float> values);
float rounded(DType dtype, double value);

}  // namespace mergarium
