#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace mergarium {

/// Writable memory backed by a nameless file: the system can write it out instead of keeping it, and it disappears
/// with the process. Distinct stretches may be written from distinct threads.
class ScratchMemory {
public:
    /// `size` bytes of address space in a file in `folder`; takes no room there yet. Throws std::runtime_error with the
    /// folder named.
    ScratchMemory(const std::filesystem::path& folder, std::uint64_t size);
    ~ScratchMemory();
    ScratchMemory(const ScratchMemory&) = delete;
    ScratchMemory& operator=(const ScratchMemory&) = delete;

    /// `count` bytes from `begin` on, with room for them on the disk: throws std::runtime_error when it is full.
    std::span<std::byte> claim(std::uint64_t begin, std::uint64_t count) const;
    const std::byte* at(std::uint64_t begin) const { return start_ + begin; }
    /// Takes pages out of resident memory; what was written stays.
    void dropBehind(std::uint64_t begin, std::uint64_t end) const;

private:
    std::filesystem::path folder_;
    std::uint64_t size_;
    int file_ = -1;
    std::byte* start_ = nullptr;
};

}  // namespace mergarium
