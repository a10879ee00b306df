#pragma once

#include "core/checkpoint/dtype.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace mergarium {

class MappedFile;

/// Where a stretch of a founder's numbers lies: in memory, or in a file that is mapped.
struct FounderSegment {
    /// First position in the network's buffer (Layout), and how many follow.
    std::uint64_t begin = 0;
    std::uint64_t count = 0;
    DType dtype = DType::F32;
    /// Needs no alignment.
    const std::byte* bytes = nullptr;
    /// What `bytes` is mapped from; null: they lie in memory.
    const MappedFile* file = nullptr;
};

/// Elements [begin, begin + count) of a segment, counted from its own first, as they are stored: where they lie, or, of
/// a file, a copy in `buffer`, which has room for them (MappedFile::read says why). Throws std::runtime_error when the
/// file can't be read, or has been truncated.
const std::byte* fetch(const FounderSegment& segment, std::uint64_t begin, std::uint64_t count,
                       std::span<std::byte> buffer);

}  // namespace mergarium
