#pragma once

#include "app/cli/options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mergarium::cli {

/// Whether what `merge` was given is one configuration file (mergekit's YAML) rather than two models.
bool isMergeConfiguration(const std::vector<std::string>& models);

/// Merges as the file says; prints and returns as commands do. `shardSize` in bytes.
int mergeByConfiguration(const Options& options, std::uint64_t shardSize);

}  // namespace mergarium::cli
