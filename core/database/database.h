#pragma once

#include "core/database/store_error.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <filesystem>

namespace mergarium {

enum class Access {
    /// Creates the file when it isn't there.
    Write,
    /// The file must exist; no run in it is changed, and no file is left beside it. It may lie where nothing can be
    /// written. A log that a killed program has left is taken into it, once nobody has it open any more.
    Read,
};

/// Opens a run database (SQLite, WAL), whoever wrote it. An older version is brought forward first, where the file
/// can't be written in a copy. Refuses files of other programs, of newer versions, and damaged ones, also those with
/// other tables than their version has: StoreError.
SQLite::Database openDatabase(const std::filesystem::path& path, Access access);

/// Rethrows SQLite's error as a sentence for people: StoreError, StoreBusy for a lock.
[[noreturn]] void throwExplained(const SQLite::Exception& error, const std::filesystem::path& path);

}  // namespace mergarium
