#pragma once

#include <cstdint>
#include <optional>
#include <span>
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

/// How a child is made from its two parents (paper, section 3.2, equation 4): replayable and storable.
/// Parent 2 weighs `ratio` before the first split point, 1 - `ratio` from it to the second, and so on in turn.
struct Splice {
    /// Ascending, each in [0, D), D the length of the parameter vector. None: `ratio` holds for the whole vector.
    std::vector<std::uint64_t> splits;
    /// In [0, 1]; 0 is parent 1.
    double ratio = 0.0;
    Interpolation interpolation = Interpolation::Slerp;
    std::optional<Mutation> mutation = std::nullopt;
    bool operator==(const Splice&) const = default;
};

/// A split point as a person names it: an element, or a share in (0, 1) of the vector.
using SplitPlace = std::variant<std::uint64_t, double>;

/// Ascending elements of a vector of `length`. Throws std::runtime_error with one sentence where one lies outside.
std::vector<std::uint64_t> splitsAt(std::span<const SplitPlace> places, std::uint64_t length);

/// The mixing ratio is uniform in [0, 1), or Beta(shape, shape).
struct UniformRatio {
    bool operator==(const UniformRatio&) const = default;
};
struct BetaRatio {
    double shape = 1.0;
    bool operator==(const BetaRatio&) const = default;
};

/// Between `least` and `most` split points, drawn per child; both 0 means one ratio for the whole vector.
struct SplitCount {
    std::uint32_t least = 1;
    std::uint32_t most = 1;
    bool operator==(const SplitCount&) const = default;
};

/// Where split points may lie: anywhere, only between tensors, or only between layers.
enum class Snap { None, Tensor, Layer };

/// What splices are drawn from; the defaults are the paper's.
struct SpliceRule {
    SplitCount splits;
    std::variant<UniformRatio, BetaRatio> ratio = UniformRatio{};
    Interpolation interpolation = Interpolation::Slerp;
    /// Standard deviation of the noise added to every child; 0: none.
    double mutation = 0.0;
    Snap snap = Snap::None;
    bool operator==(const SpliceRule&) const = default;
};

/// Draws the splice of `step` for vectors of `length` >= 1 elements. Each split point moves to the nearest of
/// `boundaries`, which ascend in (0, length); without any it stays where it was drawn.
Splice drawSplice(const SpliceRule& rule, std::uint64_t length, std::uint64_t seed, std::uint64_t step,
                  std::span<const std::uint64_t> boundaries = {});

std::string_view nameOf(Interpolation interpolation);
std::string_view nameOf(Snap snap);

}  // namespace mergarium
