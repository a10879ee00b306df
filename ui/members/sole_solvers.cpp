#include "ui/members/sole_solvers.h"

#include "core/archive/coverage.h"

namespace mergarium {

std::vector<std::vector<std::uint32_t>> solvedAlone(ScoreRows rows, std::size_t samples) {
    std::vector<std::uint32_t> solvers(samples);
    for (const auto row : rows)
        for (std::size_t j = 0; j < row.size(); ++j) solvers[j] += row[j] >= kSolved ? 1 : 0;
    std::vector<std::vector<std::uint32_t>> alone(rows.size());
    for (std::size_t k = 0; k < rows.size(); ++k)
        for (std::size_t j = 0; j < rows[k].size(); ++j)
            if (solvers[j] == 1 && rows[k][j] >= kSolved) alone[k].push_back(static_cast<std::uint32_t>(j));
    return alone;
}

}  // namespace mergarium
