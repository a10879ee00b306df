#pragma once

#include "app/cli/options.h"
#include "core/comparison/comparison.h"

#include <vector>

namespace mergarium::cli {

/// The table of end points on stdout: Markdown, or one JSON document.
void printComparisons(const std::vector<Comparison>& comparisons, const Options& options);

/// Writes the files that were asked for: --csv, --markdown, --svg, --pdf. Throws std::runtime_error naming the one that
/// can't be written.
void writeComparisons(const std::vector<Comparison>& comparisons, const Options& options);

}  // namespace mergarium::cli
