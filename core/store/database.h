#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <filesystem>
#include <stdexcept>

namespace mergarium {

/// The run database can't be used; one sentence with the file, what is wrong, and what to do.
class StoreError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Another program holds the file's lock; trying again later may work.
class StoreBusy : public StoreError {
public:
    using StoreError::StoreError;
};

enum class Access {
    /// Creates the file when it isn't there, and migrates an older one.
    Write,
    /// The file must exist; nothing in it is changed.
    Read,
};

/// Opens a run database (SQLite, WAL). Refuses files of other programs, of newer versions, and damaged ones:
/// StoreError.
SQLite::Database openDatabase(const std::filesystem::path& path, Access access);

/// Rethrows SQLite's error as a sentence for people: StoreError, StoreBusy for a lock.
[[noreturn]] void throwExplained(const SQLite::Exception& error, const std::filesystem::path& path);

}  // namespace mergarium
