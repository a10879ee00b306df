#pragma once

#include <filesystem>

namespace mergarium {

/// The folder with data, founders and presets: $MERGARIUM_RESOURCES, or share/mergarium beside the program's folder, or
/// the source tree it was built from. Throws std::runtime_error when there is none.
std::filesystem::path findResources();

/// Where runs are kept when no file is named: $XDG_DATA_HOME/mergarium/runs.db, or ~/.local/share/mergarium/runs.db.
/// Creates the folder. Throws std::runtime_error when it can't.
std::filesystem::path defaultDatabase();

/// Where what is costly to compute and may be lost is kept: $XDG_CACHE_HOME/mergarium, or ~/.cache/mergarium; empty
/// where there is no home. May not exist yet.
std::filesystem::path defaultCache();

}  // namespace mergarium
