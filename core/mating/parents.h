#pragma once

#include "core/archive/archive.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mergarium {

/// The slots of the two parents drawn; they may be the same.
struct Parents {
    std::size_t first = 0;
    std::size_t second = 0;
};

/// An index drawn with probability proportional to `weights` (each >= 0) from `point`, uniform in [0, 1);
/// absent when every weight is zero.
std::optional<std::size_t> drawProportional(std::span<const double> weights, double point);

/// Draws both parents for `step` of the run with `seed` (paper, section 3.3). Parent 1 by fitness; parent 2 by its
/// attraction to parent 1, or, without attraction, by fitness as well, with replacement.
/// When all fitness is zero: uniform among the members. When parent 1 is attracted to nobody: parent 2 by fitness among
/// the others, and parent 1 itself when there is no other. The archive has at least one member.
Parents drawParents(const Archive& archive, bool attraction, std::uint64_t seed, std::uint64_t step);

/// Two different members by fitness, uniformly where it is zero; one member alone pairs with itself.
Parents drawTwoParents(const Archive& archive, std::uint64_t seed, std::uint64_t step);

/// Random pairing: both parents uniformly among the members, with replacement.
Parents drawParentsUniformly(const Archive& archive, std::uint64_t seed, std::uint64_t step);

}  // namespace mergarium
