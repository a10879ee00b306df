#include "core/founders/founder_segment.h"

#include "core/files/mapped_file.h"

namespace mergarium {

const std::byte* fetch(const FounderSegment& segment, std::uint64_t begin, std::uint64_t count,
                       std::span<std::byte> buffer) {
    const auto* bytes = segment.bytes + begin * sizeOf(segment.dtype);
    const auto size = count * sizeOf(segment.dtype);
    if (!segment.file) return bytes;
    segment.file->read(bytes, buffer.first(size));
    return buffer.data();
}

}  // namespace mergarium
