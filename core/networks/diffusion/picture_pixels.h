#pragma once

#include "core/images/image.h"

#include <torch/types.h>

namespace mergarium {

/// [1, 3, height, width] from 0 to 1, on any device, as 8 bits: times 255, rounded half to even. What is no number is
/// black.
Image imageOf(const torch::Tensor& shares);

}  // namespace mergarium
