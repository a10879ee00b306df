#pragma once

#include <SQLiteCpp/Database.h>

#include <filesystem>

namespace mergarium {

/// Brings a run database of an older version to this one's, on a copy beside it that takes its place once it is whole:
/// whatever happens, there is one or the other under its name. Returns with nothing done when another program has done
/// it meanwhile. Throws StoreBusy when another program has the file open, StoreError with one sentence, and
/// SQLite::Exception.
void migrateFile(const std::filesystem::path& path);

/// A migrated copy that lies nowhere, of a file that can't be written.
SQLite::Database migratedCopy(const SQLite::Database& old);

}  // namespace mergarium
