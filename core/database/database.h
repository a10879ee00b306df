#pragma once

#include "core/database/store_error.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <filesystem>

namespace mergarium {

enum class Access {
    /// Creates the file when it isn't there.
    Write,
    /// The file must exist; nothing in it is changed. It may lie where nothing can be written.
    Read,
};

/// Opens a run database (SQLite, WAL), whoever wrote it. An older version is brought forward first, where the file
/// can't be written in a copy. Refuses files of other programs, of newer versions, and damaged ones, also those with
/// other tables than their version has: StoreError.
SQLite::Database openDatabase(const std::filesystem::path& path, Access access);

/// Rethrows SQLite's error as a sentence for people: StoreError, StoreBusy for a lock.
[[noreturn]] void throwExplained(const SQLite::Exception& error, const std::filesystem::path& path);

}  // namespace mergarium
