#pragma once

#include "core/run/snapshot.h"

#include <filesystem>
#include <string>

namespace mergarium {

/// Gives a stored run another name, which it is shown under from now on; its stored configuration, which sweeps know it
/// by, stays what it was. Throws std::runtime_error with one sentence: for a name that a configuration may not have, a
/// run that is going on, and a description that isn't as it was stored.
void renameRun(const std::filesystem::path& database, RunId run, const std::string& name);

}  // namespace mergarium
