#pragma once

#include "core/checkpoint/dtype.h"
#include "core/genome/mixed_spans.h"
#include "core/genome/recipe.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace mergarium {

/// How the models of a run are held: a vector of parameters each, or a recipe over the founders.
enum class GenomeKind { Dense, Recipe };
std::string_view nameOf(GenomeKind kind);

/// A model as an immutable value, whatever its kind. It knows no scores. Any thread.
class Genome {
public:
    virtual ~Genome() = default;
    /// Number of parameters, D.
    virtual std::uint64_t length() const = 0;
    /// Writes the model's parameters into `parameters` (D values).
    virtual void materialize(std::span<float> parameters) const = 0;
    /// The same, rounded to a floating `dtype`, at `out`.
    virtual void materializeAs(DType dtype, std::byte* out) const = 0;
    /// Memory in bytes, without what it shares with other genomes.
    virtual std::size_t memory() const = 0;
    /// How it combines the founders; null when it does not (dense genomes).
    virtual const Recipe* recipe() const { return nullptr; }
    /// Bytes that identify the model within its run, stored and hashed: the parameters of a dense genome, the packed
    /// recipe of others.
    virtual std::vector<std::byte> pack() const = 0;
};

using GenomePtr = std::shared_ptr<const Genome>;

/// Makes children of one kind of genome. Immutable; any thread.
class Breeding {
public:
    virtual ~Breeding() = default;
    /// The child of two parents, with all that scoring it takes.
    virtual GenomePtr breed(const Genome& first, const Genome& second, const Splice& splice) const = 0;
    /// How `breed` mixes these parents, span by span.
    virtual std::vector<MixedSpan> mix(const Genome& first, const Genome& second, const Splice& splice) const = 0;
    /// A child that is to stay, with what only those that stay are worth working out.
    virtual GenomePtr keep(GenomePtr child) const { return child; }
    /// A stored genome, as Genome::pack gave it. Throws std::runtime_error when it doesn't fit.
    virtual GenomePtr unpack(std::span<const std::byte> bytes) const = 0;
};

}  // namespace mergarium
