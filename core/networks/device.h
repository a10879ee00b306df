#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace mergarium {

/// What a task computes on.
struct NetworkDevice {
    torch::Device torch;
};

/// What a name stands for: cpu, cuda, cuda:1, or auto, which is a GPU where there is one. Throws std::runtime_error for
/// other names, and for devices that this machine or this libtorch lacks.
torch::Device deviceOf(const std::string& name);

/// Bytes of memory that a GPU has left; absent on the CPU, and where it can't be found out.
std::optional<std::uint64_t> freeMemoryOf(torch::Device device);

}  // namespace mergarium
