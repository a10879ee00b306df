#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

namespace mergarium {

/// Bytes that this process can get without swapping and before it is killed: what the machine has left, or less where
/// it, or what it runs in, is bounded (cgroups, version 2). Absent where the system doesn't say. `root`: where /proc
/// and /sys are.
std::optional<std::uint64_t> availableMemory(const std::filesystem::path& root = "/");

using FreeMemory = std::function<std::optional<std::uint64_t>()>;

/// Throws std::runtime_error when files in `folder` are kept in memory, and `bytes` more would leave too little for
/// everything else: the system kills somebody then. `instead`: what to do, without a full stop. `free`: what there is.
void needMemoryFor(
    std::uint64_t bytes, const std::filesystem::path& folder, std::string_view instead,
    const FreeMemory& free = [] { return availableMemory(); });

}  // namespace mergarium
