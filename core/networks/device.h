#pragma once

#include <torch/types.h>

#include <string>

namespace mergarium {

/// What a name stands for: cpu, cuda, cuda:1, or auto, which is a GPU where there is one. Throws std::runtime_error for
/// other names and devices that this machine or this libtorch hasn't.
torch::Device deviceOf(const std::string& name);

}  // namespace mergarium
