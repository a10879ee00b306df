#include "ui/members/sole_solvers.h"

#include "core/archive/coverage.h"

#include <optional>

namespace mergarium {
namespace {

bool solves(std::span<const float> row, std::size_t sample) { return sample < row.size() && row[sample] >= kSolved; }

/// Absent where nobody solves it, or several do: the second is looked no further than.
std::optional<std::size_t> soleSolver(ScoreRows rows, std::size_t sample) {
    std::optional<std::size_t> sole;
    for (std::size_t k = 0; k < rows.size(); ++k) {
        if (!solves(rows[k], sample)) continue;
        if (sole) return {};
        sole = k;
    }
    return sole;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> solvedAlone(ScoreRows rows, std::size_t samples) {
    std::vector<std::vector<std::uint32_t>> alone(rows.size());
    for (std::size_t sample = 0; sample < samples; ++sample)
        if (const auto sole = soleSolver(rows, sample)) alone[*sole].push_back(static_cast<std::uint32_t>(sample));
    return alone;
}

std::vector<std::uint32_t> solvedAloneBy(std::size_t row, ScoreRows rows) {
    std::vector<std::uint32_t> alone;
    for (std::size_t sample = 0; sample < rows[row].size(); ++sample)
        if (solves(rows[row], sample)) alone.push_back(static_cast<std::uint32_t>(sample));
    for (std::size_t other = 0; other < rows.size(); ++other)
        if (other != row) std::erase_if(alone, [&](std::size_t sample) { return solves(rows[other], sample); });
    return alone;
}

}  // namespace mergarium
