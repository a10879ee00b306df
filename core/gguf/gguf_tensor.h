#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/gguf/gguf_header.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A tensor of a GGUF file that is to be written, and how its numbers come of a checkpoint's: tensors one behind the
/// other, their rows in another order, the matrix transposed, a number added.
struct GgufTensor {
    /// Which row of the sources stands at a row; of a vector, which number.
    using Rows = std::function<std::uint64_t(std::uint64_t)>;

    std::string name;
    GgmlType type = GgmlType::F32;
    /// Slowest first, as in a checkpoint.
    std::vector<std::int64_t> shape;
    /// Their elements together are as many as the shape's. They live as long as the checkpoint.
    std::vector<const StoredTensor*> sources = {};
    /// Empty: as they stand.
    Rows rows = {};
    /// Of one source without `rows`, stored [shape[1], shape[0]].
    bool transposed = false;
    float added = 0.0F;
    /// Instead of sources.
    std::vector<float> numbers = {};

    std::uint64_t count() const;
    std::uint64_t byteSize() const { return bytesOf(type, count()); }
    /// As it stands in the file's header, at `begin`.
    GgufEntry entry(std::uint64_t begin) const;
    /// What is read as a whole: a row, or a vector.
    std::uint64_t rowSize() const { return static_cast<std::uint64_t>(shape.back()); }
    /// The numbers from element `begin` on; both are whole rows.
    void values(std::uint64_t begin, std::span<float> out) const;
    /// Takes what `values` has touched for [begin, end) out of resident memory.
    void dropBehind(const Checkpoint& model, std::uint64_t begin, std::uint64_t end) const;

private:
    std::uint64_t unit() const { return shape.size() == 1 ? 1 : rowSize(); }
    void copy(std::uint64_t begin, std::span<float> out) const;
    void transpose(std::uint64_t begin, std::span<float> out) const;
};

}  // namespace mergarium
