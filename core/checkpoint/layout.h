#pragma once

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
        /// First element in the vector.
        std::uint64_t begin = 0;
        std::uint64_t count = 0;
        bool operator==(const Tensor&) const = default;
    };

    std::vector<Tensor> tensors;

    /// D: the number of elements of the vector.
    std::uint64_t length() const { return tensors.empty() ? 0 : tensors.back().begin + tensors.back().count; }
    /// Appends a tensor behind the last.
    void append(std::string name, std::vector<std::int64_t> shape);
    bool operator==(const Layout&) const = default;
};

inline void Layout::append(std::string name, std::vector<std::int64_t> shape) {
    std::uint64_t count = 1;
    for (const auto extent : shape) count *= static_cast<std::uint64_t>(extent);
    tensors.push_back({.name = std::move(name), .shape = std::move(shape), .begin = length(), .count = count});
}

}  // namespace mergarium
