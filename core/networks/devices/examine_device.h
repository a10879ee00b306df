#pragma once

#include "core/networks/examination.h"

#include <torch/types.h>

namespace mergarium {

/// Makes models of random recipes on a device, and compares them with what the host makes of them.
Examination::Comparison compareRecipes(torch::Device device);

/// Computes a small network on a device, and compares what it says with what the CPU's own kernels say.
Examination::Comparison compareNetworks(torch::Device device);

/// Both, and how fast they are on the device, against what only copies, and only multiplies matrices. Takes seconds.
Examination examineDevice(torch::Device device);

}  // namespace mergarium
