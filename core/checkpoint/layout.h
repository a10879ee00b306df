#pragma once

#include "core/checkpoint/dtype.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mergarium {

/// Which tensor lies where in the flat parameter vector. Order matters: a split point only makes sense where
/// neighbours in the vector are neighbours in the network, so tensors stand in depth order. Knows no values.
struct Layout {
    struct Tensor {
        std::string name;
        std::vector<std::int64_t> shape;
        /// First element in the vector; elements are counted, not bytes, and there can be more than 2^31.
        std::uint64_t begin = 0;
        std::uint64_t count = 0;
        /// Element type in a merged model's files.
        DType dtype = DType::F32;
        bool operator==(const Tensor&) const = default;
    };

    /// A tensor that is not merged but taken over from one founder as it is: frozen by a rule, or not floating-point.
    struct Frozen {
        /// Floating ones lie behind the parameter vector in a network's buffer, in order: `begin` counts on from
        /// `length()`. Others lie in no buffer; their `begin` is 0.
        Tensor tensor;
        /// Index of the founder.
        std::size_t founder = 0;
        bool operator==(const Frozen&) const = default;
    };

    /// A second name of a merged or frozen tensor (tied weights): stored by some checkpoints, never a parameter of its
    /// own.
    struct Alias {
        std::string name;
        std::string of;
        bool operator==(const Alias&) const = default;
    };

    std::vector<Tensor> tensors;
    std::vector<Frozen> frozen;
    std::vector<Alias> aliases;

    /// D: the number of elements of the parameter vector, which split points refer to.
    std::uint64_t length() const { return tensors.empty() ? 0 : tensors.back().begin + tensors.back().count; }
    /// Elements of a network's buffer: the parameter vector, then the frozen floating tensors.
    std::uint64_t extent() const;
    /// Appends a merged tensor behind the last.
    void append(std::string name, std::vector<std::int64_t> shape, DType dtype = DType::F32);
    /// Appends a frozen tensor; call it after all merged ones.
    void freeze(std::string name, std::vector<std::int64_t> shape, DType dtype, std::size_t founder);
    bool operator==(const Layout&) const = default;
};

/// The number of elements of a shape; 1 for a scalar.
inline std::uint64_t elementsOf(const std::vector<std::int64_t>& shape) {
    std::uint64_t count = 1;
    for (const auto extent : shape) count *= static_cast<std::uint64_t>(extent);
    return count;
}

inline std::uint64_t Layout::extent() const {
    std::uint64_t end = length();
    for (const auto& one : frozen)
        if (isFloating(one.tensor.dtype)) end = one.tensor.begin + one.tensor.count;
    return end;
}

inline void Layout::append(std::string name, std::vector<std::int64_t> shape, DType dtype) {
    const auto count = elementsOf(shape);
    tensors.push_back(
        {.name = std::move(name), .shape = std::move(shape), .begin = length(), .count = count, .dtype = dtype});
}

inline void Layout::freeze(std::string name, std::vector<std::int64_t> shape, DType dtype, std::size_t founder) {
    const auto count = elementsOf(shape);
    const auto begin = isFloating(dtype) ? extent() : 0;
    frozen.push_back(
        {{.name = std::move(name), .shape = std::move(shape), .begin = begin, .count = count, .dtype = dtype},
         founder});
}

}  // namespace mergarium
