#pragma once

#include <SQLiteCpp/Database.h>
#include <sys/types.h>

#include <filesystem>
#include <utility>

namespace mergarium {

/// A connection for a file that anybody may have written: nothing in its schema is run (triggers, views, functions
/// other than SQLite's harmless ones), and cells are checked before they are read. Waits two seconds for locks. `flags`
/// are SQLite's. Throws SQLite::Exception.
SQLite::Database connect(const std::filesystem::path& path, int flags);
/// Read-only, of a file that nobody can change: without locks and without files beside it.
SQLite::Database connectImmutable(const std::filesystem::path& path);

/// Identifies the file at a path: SQLite would silently keep writing to one that has been deleted. {0, 0}: there is
/// none.
std::pair<dev_t, ino_t> identityOf(const std::filesystem::path& path);

}  // namespace mergarium
