#pragma once

#include "core/archive/competition.h"

#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// g(a, b) = sum_j worth_j * max(s[b][j] - s[a][j], 0): what `b` can do that `a` can't, weighted by how contested it is
/// (paper, section 3.3). An absent model (empty span) attracts nobody and is attracted to nobody: 0.
double attraction(std::span<const float> a, std::span<const float> b, std::span<const double> worth);

/// g(a, b) for every `b` in rows, into `out` (one entry per row).
void attractions(std::span<const float> a, ScoreRows rows, std::span<const double> worth, std::span<double> out);

/// g(a, b) among all rows: row a, column b. But for rounding; quick where all scores are right or wrong (0 or 1) and
/// few samples differ in their worth, since samples of equal worth are then counted, 64 at a time.
std::vector<double> attractionMatrix(ScoreRows rows, std::span<const double> worth);

/// What one sample adds to g(a, b).
struct AttractionTerm {
    std::uint32_t sample = 0;
    /// worth_j * max(s[b][j] - s[a][j], 0).
    double value = 0.0;
};

/// The terms of g(a, b) that aren't 0, largest first, equals in the order of samples. Their sum is g(a, b) but for
/// rounding.
std::vector<AttractionTerm> attractionTerms(std::span<const float> a, std::span<const float> b,
                                            std::span<const double> worth);

}  // namespace mergarium
