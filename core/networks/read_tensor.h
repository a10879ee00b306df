#pragma once

#include "core/checkpoint/checkpoint.h"

#include <torch/types.h>

namespace mergarium {

/// Writes a stored tensor of a floating type into `part`, which has as many elements, whatever its type and device.
void readTensor(const TensorDescription& tensor, const std::byte* bytes, torch::Tensor part);

}  // namespace mergarium
