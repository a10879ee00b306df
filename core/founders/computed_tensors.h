#pragma once

#include "core/files/scratch_memory.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace mergarium {

/// Tensors of a model that are computed when they are first asked for, once for all threads, into scratch memory.
class ComputedTensors {
public:
    /// `sizes`: of each tensor in bytes; 0: it isn't computed. Takes no room yet. Throws as ScratchMemory does.
    ComputedTensors(const std::filesystem::path& scratch, const std::vector<std::uint64_t>& sizes);

    bool has(std::size_t tensor) const { return slots_[tensor].size > 0; }
    /// The bytes of a tensor that is computed; `compute` fills them, and may throw.
    const std::byte* bytes(std::size_t tensor, const std::function<void(std::span<std::byte>)>& compute) const;
    /// Takes bytes [begin, end) of a tensor out of resident memory.
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const;

private:
    struct Slot {
        std::uint64_t begin = 0, size = 0;
        std::once_flag once;
    };
    std::unique_ptr<Slot[]> slots_;
    std::unique_ptr<ScratchMemory> scratch_;
};

}  // namespace mergarium
