#pragma once

#include "core/archive/competition.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mergarium {

/// For every row, the samples that it solves and no other row does, ascending. Pure; O(rows x samples), and far less
/// where most samples are solved by many.
std::vector<std::vector<std::uint32_t>> solvedAlone(ScoreRows rows, std::size_t samples);
/// For one row.
std::vector<std::uint32_t> solvedAloneBy(std::size_t row, ScoreRows rows);

}  // namespace mergarium
