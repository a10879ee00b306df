#pragma once

#include "core/comparison/comparison.h"

#include <span>
#include <string>

namespace mergarium {

/// The end points: one line an arm, percent, mean +- standard error, 95 % confidence interval, area under the curve,
/// difference to the first arm with its paired t-test, and what was published where that is known. A heading for every
/// comparison.
std::string toMarkdown(std::span<const Comparison> comparisons);

/// The curves: one line for every comparison, arm and place, with mean and standard error of every measure. Scores in
/// [0, 1].
std::string toCsv(std::span<const Comparison> comparisons);

/// "0.003", "< 0.001".
std::string pValueText(double pValue);

}  // namespace mergarium
