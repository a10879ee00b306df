#pragma once

#include "core/genes/genes.h"
#include "core/genome/chromosomes.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mergarium {

/// How two parameter vectors are mixed. The slerps fall back to Lerp where the sine of the angle is at most 1e-6.
enum class Interpolation {
    /// Spherical, the angle taken over the whole vectors, as the reference does.
    Slerp,
    /// Spherical, with an angle of its own between every two split points.
    SlerpPerSide,
    Lerp,
    /// Spherical, with an angle of its own for every tensor, and linear where the cosine is beyond +-0.9995:
    /// mergekit's.
    SlerpPerTensor,
};
constexpr Interpolation kInterpolations[] = {Interpolation::Slerp, Interpolation::SlerpPerSide,
                                             Interpolation::SlerpPerTensor, Interpolation::Lerp};

/// Gaussian noise added to a child; a pure function of the seed.
struct Mutation {
    double sigma = 0.0;
    std::uint64_t seed = 0;
    bool operator==(const Mutation&) const = default;
};

/// Where one chromosome is cut, and how it is mixed.
struct ChromosomeCut {
    /// Ascending positions of the whole vector, each in [0, D).
    std::vector<std::uint64_t> splits;
    /// In [0, 1]; 0 is parent 1.
    double ratio = 0.0;
    bool operator==(const ChromosomeCut&) const = default;
};

/// The mixing ratio is 0 or 1: nothing is mixed.
struct WholeRatio {
    bool operator==(const WholeRatio&) const = default;
};
/// The mixing ratio is uniform in [0, 1), or Beta(shape, shape).
struct UniformRatio {
    bool operator==(const UniformRatio&) const = default;
};
struct BetaRatio {
    double shape = 1.0;
    bool operator==(const BetaRatio&) const = default;
};
using RatioRule = std::variant<UniformRatio, BetaRatio, WholeRatio>;

/// Every gene for itself, in place of split points: a pure function of the seed.
struct Inheritance {
    std::uint64_t seed = 0;
    /// That a gene has more of parent 2 than of parent 1, in [0, 1].
    double chance = 0.5;
    RatioRule ratio = WholeRatio{};
    bool operator==(const Inheritance&) const = default;
};

/// How a child is made from its two parents (paper, section 3.2, equation 4): replayable and storable.
/// Parent 2 weighs `ratio` before the first split point, 1 - `ratio` from it to the second, and so on in turn; with
/// chromosomes so it does within each of them, by its own split points and ratio. Where a run has genes, split points
/// count these, and D is how many there are.
struct Splice {
    /// Ascending, each in [0, D), D the length of the parameter vector. None: `ratio` holds for the whole vector.
    std::vector<std::uint64_t> splits;
    /// In [0, 1]; 0 is parent 1.
    double ratio = 0.0;
    Interpolation interpolation = Interpolation::Slerp;
    std::optional<Mutation> mutation = std::nullopt;
    /// Null: the whole vector is cut by `splits` and mixed by `ratio`. Else these are none and 0, and each chromosome
    /// has a cut of its own.
    ChromosomesPtr chromosomes = nullptr;
    std::vector<ChromosomeCut> cuts = {};
    /// Then there are no split points and chromosomes, and `ratio` is 0.
    std::optional<Inheritance> each = std::nullopt;
    /// Of chromosomes their places and names count, not the object.
    bool operator==(const Splice& other) const;
};

/// Neighbouring elements in which parent 2 has one weight.
struct SpliceStretch {
    /// Exclusive; the first begins at 0.
    std::uint64_t end = 0;
    /// Of parent 2.
    double ratio = 0.0;
    /// What lies between two split points of a chromosome is one side, however many stretches it has. Counted from 0;
    /// without chromosomes from left to right.
    std::size_t side = 0;
    bool operator==(const SpliceStretch&) const = default;
};

/// A splice's stretches, ascending to `length`, which is D >= 1; none is empty.
std::vector<SpliceStretch> stretchesOf(const Splice& splice, std::uint64_t length);
/// How many split points it has in all.
std::size_t splitCountOf(const Splice& splice);
/// "ratio 0.3, split at 5, 9", of more than `most` split points those and how many more; with chromosomes
/// "attention: ratio 0.3, split at 5; rest: ratio 0.75".
std::string wordsOf(const Splice& splice, std::size_t most);
/// Of both parents the first alone: nothing is cut, nothing is mixed.
void takeFirstParent(Splice& splice);

/// A split point as a person names it: an element, or a share in (0, 1) of the vector.
using SplitPlace = std::variant<std::uint64_t, double>;

/// Ascending elements of a vector of `length`. Throws std::runtime_error with one sentence where one lies outside.
std::vector<std::uint64_t> splitsAt(std::span<const SplitPlace> places, std::uint64_t length);

/// How a person wants a chromosome to be cut: an element counts in the whole vector, a share in the chromosome.
struct ChromosomeWish {
    ChromosomeRule rule;
    std::vector<SplitPlace> splits = {};
    double ratio = 0.5;
};

/// One cut per chromosome: what is wished for those that are named, `others` for the rest of them. Throws
/// std::runtime_error with one sentence for a name that there isn't and a split point that lies outside.
std::vector<ChromosomeCut> cutsOf(const Chromosomes& chromosomes, std::span<const ChromosomeWish> wishes,
                                  const ChromosomeWish& others);

/// Between `least` and `most` split points, drawn per child; both 0 means one ratio for the whole vector.
struct SplitCount {
    std::uint32_t least = 1;
    std::uint32_t most = 1;
    bool operator==(const SplitCount&) const = default;
};

/// Where split points may lie: anywhere, only between tensors, or only between layers.
enum class Snap { None, Tensor, Layer };

/// Whether neighbours are inherited together, up to a split point, or every gene for itself.
enum class Inherit { Splits, Each };
/// The chance that a gene comes from parent 2 rather than from parent 1: 1/2, or drawn for every child.
struct EvenChance {
    bool operator==(const EvenChance&) const = default;
};
using ChanceRule = std::variant<EvenChance, UniformRatio, BetaRatio>;

/// What splices are drawn from; the defaults are the paper's.
struct SpliceRule {
    SplitCount splits;
    /// Drawn per child, or, where each gene is inherited for itself, per gene.
    RatioRule ratio = UniformRatio{};
    Interpolation interpolation = Interpolation::Slerp;
    /// Standard deviation of the noise added to every child; 0: none.
    double mutation = 0.0;
    Snap snap = Snap::None;
    /// Which tensors are cut and mixed each for themselves; none: the whole vector is one chromosome.
    std::vector<ChromosomeRule> chromosomes = {};
    /// What is inherited whole.
    GeneKind genes = GeneKind::Elements;
    Inherit inherit = Inherit::Splits;
    /// Of each gene, where each is inherited for itself.
    ChanceRule chance = EvenChance{};
    bool operator==(const SpliceRule&) const = default;
};

/// Draws the splice of `step` for vectors of `length` >= 1 elements, or genes. Each split point moves to the nearest of
/// `boundaries`, which ascend in (0, length); without any it stays where it was drawn. With `chromosomes`, those of the
/// rule, numbers of split points, the points and ratios are drawn for one after the other as for vectors of their
/// lengths; the boundaries that then count are those between two elements of the chromosome.
Splice drawSplice(const SpliceRule& rule, std::uint64_t length, std::uint64_t seed, std::uint64_t step,
                  std::span<const std::uint64_t> boundaries = {}, const ChromosomesPtr& chromosomes = nullptr);
/// The boundaries within a chromosome, as numbers of its elements that lie before them: ascending in (0, its length).
std::vector<std::uint64_t> boundariesWithin(const Chromosomes& chromosomes, std::size_t chromosome,
                                            std::span<const std::uint64_t> boundaries);

std::string_view nameOf(Interpolation interpolation);
std::string_view nameOf(Snap snap);
std::string_view nameOf(Inherit inherit);

}  // namespace mergarium
