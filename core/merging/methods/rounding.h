#pragma once

#include "core/checkpoint/dtype.h"

#include <cstddef>
#include <span>

namespace mergarium {

/// As toFloats, quicker.
void widen(DType dtype, const std::byte* from, std::span<float> to);
/// The numbers rounded to an element type; as they are where it is F32.
void roundTo(DType dtype, std::span<float> values);
float rounded(DType dtype, double value);

}  // namespace mergarium
