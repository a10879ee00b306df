#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// Of a square matrix of gains, row by row, the column of every row so that each column is taken once and the sum of
/// gains is largest: exact, by shortest augmenting paths (Jonker, Volgenant: "A shortest augmenting path algorithm for
/// dense and sparse linear assignment problems", Computing 38, 1987). O(n^3) at worst. The same on every machine.
/// Throws std::invalid_argument where the gains are no square, or not finite.
std::vector<std::uint32_t> largestAssignment(std::span<const float> gains);

}  // namespace mergarium
