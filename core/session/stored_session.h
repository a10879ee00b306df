#pragma once

#include "core/run/snapshot.h"

#include <filesystem>

namespace mergarium {

/// A stored run as the same snapshot that a live one publishes, samples included, so that every view shows it alike.
/// Reads files: keep it off the window's thread. Throws std::runtime_error with one sentence.
SnapshotPtr storedSnapshot(const std::filesystem::path& database, RunId run, const std::filesystem::path& resources);

}  // namespace mergarium
