#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mergarium {

struct Splice;

/// A model as an immutable value, whatever its kind. It knows no scores.
class Genome {
public:
    virtual ~Genome() = default;
    /// Number of parameters, D.
    virtual std::uint64_t length() const = 0;
    /// Writes the model's parameters into `parameters` (D values).
    virtual void materialize(std::span<float> parameters) const = 0;
    /// Bytes that it holds in memory.
    virtual std::size_t memory() const = 0;
};

using GenomePtr = std::shared_ptr<const Genome>;

/// Makes children of one kind of genome. Used by one thread at a time.
class Breeding {
public:
    virtual ~Breeding() = default;
    /// Writes the child straight into the network's buffer, where it is scored.
    virtual void breed(const Genome& first, const Genome& second, const Splice& splice, std::span<float> child) = 0;
    /// The genome of the child last bred, which lies in `child`: asked for only when it stays.
    virtual GenomePtr keep(std::span<const float> child) = 0;
};

}  // namespace mergarium
