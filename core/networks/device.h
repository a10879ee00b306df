#pragma once

#include <torch/types.h>

#include <string>

namespace mergarium {

/// What a task computes on.
struct NetworkDevice {
    torch::Device torch;
};

/// What a name stands for: cpu, cuda, cuda:1, or auto, which is a GPU where there is one. Throws std::runtime_error for
/// other names, and for devices that this machine or this libtorch lacks.
torch::Device deviceOf(const std::string& name);

}  // namespace mergarium
