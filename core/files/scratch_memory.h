#pragma once

#include "core/files/free_memory.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>

namespace mergarium {

/// Writable memory backed by a nameless file: the system can write it out instead of keeping it, and it disappears
/// with the process. On a memory file system it takes no more than is left there. Distinct stretches may be written
/// from distinct threads.
class ScratchMemory {
public:
    /// `size` bytes of address space in a file in `folder`; takes no room there yet. Throws std::runtime_error with the
    /// folder named. `free`: of memory.
    ScratchMemory(
        const std::filesystem::path& folder, std::uint64_t size, FreeMemory free = [] { return availableMemory(); });
    ~ScratchMemory();
    ScratchMemory(const ScratchMemory&) = delete;
    ScratchMemory& operator=(const ScratchMemory&) = delete;

    /// `count` bytes from `begin` on, with room for them on the disk, or in memory where the folder lies there: throws
    /// std::runtime_error when there is none.
    std::span<std::byte> claim(std::uint64_t begin, std::uint64_t count) const;
    const std::byte* at(std::uint64_t begin) const { return start_ + begin; }
    /// Takes pages out of resident memory; what was written stays.
    void dropBehind(std::uint64_t begin, std::uint64_t end) const;

private:
    std::filesystem::path folder_;
    std::uint64_t size_;
    FreeMemory free_;
    /// One takes at a time what is left of memory.
    mutable std::mutex taking_;
    int file_ = -1;
    std::byte* start_ = nullptr;
};

}  // namespace mergarium
