#pragma once

#include "core/gguf/ggml_type.h"
#include "core/gguf/gguf_value.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// A tensor as the header of a GGUF file describes it.
struct GgufEntry {
    std::string name;
    /// Fastest first, one to four, none of them 0.
    std::vector<std::uint64_t> extents;
    GgmlType type = GgmlType::F32;
    /// First byte, counted from where the tensors begin.
    std::uint64_t begin = 0;

    std::uint64_t count() const {
        std::uint64_t product = 1;
        for (const auto extent : extents) product *= extent;
        return product;
    }
    std::uint64_t byteSize() const { return bytesOf(type, count()); }
    bool operator==(const GgufEntry&) const = default;
};

/// What a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3) says of itself. Every tensor
/// lies within the file at a multiple of the alignment, and shares no byte with another.
struct GgufHeader {
    GgufMetadata metadata;
    std::vector<GgufEntry> tensors;
    /// Where the tensors' bytes begin in the file.
    std::uint64_t dataBegin = 0;
};

/// Tensors begin at multiples of this where general.alignment says nothing.
inline constexpr std::uint64_t kGgufAlignment = 32;

/// The next multiple.
constexpr std::uint64_t alignedTo(std::uint64_t alignment, std::uint64_t place) {
    return (place + alignment - 1) / alignment * alignment;
}

/// The bytes before the tensors, padded; the tensors' places as they are given.
std::vector<std::byte> ggufHeaderBytes(const GgufMetadata& metadata, std::span<const GgufEntry> tensors);

/// Reads the header of a file whose first bytes are `file` and whose whole size is `fileSize`. Trusts nothing; takes
/// memory for what the bytes hold, and no more. Throws std::runtime_error with `name` in its one sentence.
GgufHeader parseGgufHeader(std::span<const std::byte> file, std::uint64_t fileSize, std::string_view name);

}  // namespace mergarium
