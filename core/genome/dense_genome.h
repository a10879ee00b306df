#pragma once

#include "core/genome/genome.h"
#include "core/genome/mixed_spans.h"
#include "core/genome/splice.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mergarium {

/// One flat fp32 vector: for small networks, and for runs with mutation, where a child is no combination of founders.
/// Where it is one, the recipe is kept beside the vector for viewing: with many split points it can be longer than the
/// vector itself.
class DenseGenome final : public Genome {
public:
    explicit DenseGenome(std::vector<float> values, std::optional<Recipe> recipe = std::nullopt);

    std::uint64_t length() const override { return values_.size(); }
    void materialize(std::span<float> parameters) const override;
    void materializeAs(DType dtype, std::byte* out) const override;
    std::size_t memory() const override;
    const Recipe* recipe() const override { return recipe_.get(); }
    /// The same, to outlive the genome.
    const std::shared_ptr<const Recipe>& sharedRecipe() const { return recipe_; }
    /// The values, then the packed recipe, if any.
    std::vector<std::byte> pack() const override;
    /// `length` is the number of values. Throws std::runtime_error when the bytes don't fit.
    static GenomePtr unpack(std::span<const std::byte> bytes, std::uint64_t length, GenesPtr genes = nullptr);

    std::span<const float> values() const { return values_; }
    /// <theta, theta>, in fp64.
    double squaredNorm() const { return squaredNorm_; }

private:
    std::vector<float> values_;
    std::shared_ptr<const Recipe> recipe_;
    double squaredNorm_;
};

/// Breeds dense genomes in one pass over both parents: coefficients in fp64, products in fp32 (paper, equation 4).
class DenseBreeding final : public Breeding {
public:
    /// `tensorEnds` ascend to the vectors' length. With genes splices cut these.
    explicit DenseBreeding(std::vector<std::uint64_t> tensorEnds, GenesPtr genes = nullptr);

    /// Both parents must be dense. The child knows its parents' recipes, and not yet its own: with many split points
    /// it takes longer to work out than the child to be scored.
    GenomePtr breed(const Genome& first, const Genome& second, const Splice& splice) const override;
    std::vector<MixedSpan> mix(const Genome& first, const Genome& second, const Splice& splice) const override;
    /// The child as a DenseGenome, with its recipe where both parents have one.
    GenomePtr keep(GenomePtr child) const override;
    GenomePtr unpack(std::span<const std::byte> bytes) const override;

private:
    class Child;

    std::vector<std::uint64_t> tensorEnds_;
    GenesPtr genes_;
};

}  // namespace mergarium
