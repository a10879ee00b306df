#pragma once

#include <SQLiteCpp/Database.h>
#include <sys/types.h>

#include <filesystem>
#include <utility>

namespace mergarium {

/// A connection for a file that anybody may have written: nothing in its schema is run (triggers, views, functions
/// other than SQLite's harmless ones), and cells are checked before they are read. Waits two seconds for locks. `flags`
/// are SQLite's. Throws SQLite::Exception, and StoreError for what lies beside it (files_beside.h).
SQLite::Database connect(const std::filesystem::path& path, int flags);
/// Runs no statement that writes. Where file and folder can be written, whoever of all connections closes last leaves
/// nothing beside the file that wasn't there, which a connection that SQLite knows to be read-only can't; a log that a
/// killed program has left stays as it is, unless `takeInLog` is called.
SQLite::Database connectToRead(const std::filesystem::path& path);
/// Lets SQLite write the log into the file when this is the last connection that closes.
void takeInLog(SQLite::Database& database);
/// Read-only, of a file that nobody can change: without locks and without files beside it.
SQLite::Database connectImmutable(const std::filesystem::path& path);

bool canBeWritten(const std::filesystem::path& path);

/// Identifies the file at a path: SQLite would silently keep writing to one that has been deleted. {0, 0}: there is
/// none.
std::pair<dev_t, ino_t> identityOf(const std::filesystem::path& path);

}  // namespace mergarium
