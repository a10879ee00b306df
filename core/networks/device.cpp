#include "core/networks/device.h"

#include <ATen/Context.h>
#include <c10/core/DeviceGuard.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {

torch::Device deviceOf(const std::string& name) {
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const bool numbered = name.starts_with("cuda:") && name.size() > 5 && name.size() < 8 &&
                          std::all_of(name.begin() + 5, name.end(), isDigit);
    if (name != "auto" && name != "cpu" && name != "cuda" && !numbered)
        throw std::runtime_error(fmt::format("device: '{}' is none of auto, cpu, cuda and cuda:N.", name));
    if (name == "cpu" || (name == "auto" && !at::hasCUDA())) return torch::kCPU;
    if (!at::hasCUDA())
        throw std::runtime_error(
            fmt::format("device: '{}' was asked for, but this libtorch finds no CUDA device; use cpu.", name));
    const auto device = numbered ? torch::Device(name) : torch::Device(torch::kCUDA, 0);
    const auto count = static_cast<int>(at::detail::getCUDAHooks().getNumGPUs());
    if (device.index() >= count)
        throw std::runtime_error(
            fmt::format("device: '{}' was asked for, but there are only {} CUDA devices.", name, count));
    return device;
}

std::optional<std::uint64_t> freeMemoryOf(torch::Device device) {
    if (!device.is_cuda()) return std::nullopt;
    // Of the CUDA that libtorch brought; what is built against Debian's libtorch has no headers of it.
    const auto memory = reinterpret_cast<int (*)(std::size_t*, std::size_t*)>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
    std::size_t free = 0, all = 0;
    const c10::DeviceGuard guard(device);
    if (!memory || memory(&free, &all) != 0) return std::nullopt;
    return free;
}

}  // namespace mergarium
