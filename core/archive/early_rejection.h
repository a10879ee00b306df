#pragma once

#include "core/archive/competition.h"

#include <span>
#include <vector>

namespace mergarium {

/// Whether a newcomer is certain to be the weakest of `rows` and itself, whatever it scores on the samples where
/// `scored` is not set. For every row k the difference of fitness is bounded from above: on a scored sample it is
/// known, on another it is at most
///     max over s in [0, 1] of c (s - s_k) / ((z + s)^alpha + epsilon),
/// which is reached at s = 1 for alpha <= 1, and at s = min(1, (z + alpha s_k) / (alpha - 1)) beyond (epsilon left out
/// there, which only raises the bound). With capacity `best`, c is at most the sample's weight. An absent row (empty
/// span) is an empty place: never certain. `niches` are the rows' own; `weights` as in shareNiches.
/// With the worst score b of the rows taken off every sample, scores, totals and best scores count from there. The
/// newcomer may be worse than b: it is then the worst itself, and b - s is added to what each of the rows counts. Where
/// it isn't scored yet, its lead is greatest at b or above, in what is said above with s from 0 to 1 - b.
bool isCertainlyWeakest(ScoreRows rows, const Niches& niches, const CompetitionRule& rule,
                        std::span<const double> weights, std::span<const float> scores,
                        const std::vector<bool>& scored);

}  // namespace mergarium
