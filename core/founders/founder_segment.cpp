#include "core/founders/founder_segment.h"

#include "core/files/mapped_file.h"

namespace mergarium {
namespace {

/// Below this many bytes, asking the system for a copy costs as much as touching the few pages they lie on.
constexpr std::uint64_t kFewBytes = 16 << 10;

}  // namespace

const std::byte* fetch(const FounderSegment& segment, std::uint64_t begin, std::uint64_t count,
                       std::span<std::byte> buffer) {
    const auto* bytes = segment.bytes + begin * sizeOf(segment.dtype);
    const auto size = count * sizeOf(segment.dtype);
    if (!segment.file || size <= kFewBytes) return bytes;
    segment.file->read(bytes, buffer.first(size));
    return buffer.data();
}

}  // namespace mergarium
