#pragma once

#include "core/archive/competition.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mergarium {

/// For every row, the samples that it solves and no other row does, ascending. Pure; O(rows x samples).
std::vector<std::vector<std::uint32_t>> solvedAlone(ScoreRows rows, std::size_t samples);

}  // namespace mergarium
