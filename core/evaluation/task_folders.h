#pragma once

#include "core/configuration/configuration.h"

#include <filesystem>

namespace mergarium {

/// Where lies what a run's task needs to read beside its own files. Opens no founder.
TaskFolders foldersOf(const RunConfiguration& configuration, const std::filesystem::path& resources = {});

}  // namespace mergarium
