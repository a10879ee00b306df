#pragma once

#include "core/comparison/comparison.h"

#include <filesystem>
#include <string>
#include <vector>

namespace mergarium {

/// Reads what is to be compared: names of sweeps, one comparison each, and numbers of runs, all together one more,
/// whose arms are the runs' names without their seeds. Published end points come from the sweep of that name in
/// `resources`, if there is one. Throws std::runtime_error when a run or sweep isn't stored, saying which sweeps are.
std::vector<Comparison> storedComparisons(const std::filesystem::path& database, const std::filesystem::path& resources,
                                          const std::vector<std::string>& names);

}  // namespace mergarium
