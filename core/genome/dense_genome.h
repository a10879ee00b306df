#pragma once

#include "core/genome/genome.h"
#include "core/genome/splice.h"

#include <span>
#include <vector>

namespace mergarium {

/// One flat fp32 vector: for small networks, and for runs with mutation, where a child is no combination of founders.
class DenseGenome final : public Genome {
public:
    explicit DenseGenome(std::vector<float> values);

    std::uint64_t length() const override { return values_.size(); }
    void materialize(std::span<float> parameters) const override;
    std::size_t memory() const override { return values_.size() * sizeof(float); }

    std::span<const float> values() const { return values_; }
    /// <theta, theta>, in fp64.
    double squaredNorm() const { return squaredNorm_; }

private:
    std::vector<float> values_;
    double squaredNorm_;
};

/// Breeds dense genomes in one pass over both parents: coefficients in fp64, products in fp32 (paper, equation 4).
class DenseBreeding final : public Breeding {
public:
    /// Both parents must be dense and as long as `child`.
    void breed(const Genome& first, const Genome& second, const Splice& splice, std::span<float> child) override;
    GenomePtr keep(std::span<const float> child) override;
};

}  // namespace mergarium
