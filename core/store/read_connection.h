#pragma once

#include "core/database/database.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

namespace mergarium {

/// A read-only connection to a run database, to be used from one thread at a time. It never waits for a writer (WAL),
/// and no writer for it.
struct ReadConnection {
    /// As openDatabase.
    explicit ReadConnection(const std::filesystem::path& database)
        : path(database), sqlite(openDatabase(database, Access::Read)) {}

    std::filesystem::path path;
    mutable SQLite::Database sqlite;

    /// Calls `read` in one read transaction, so that a run in progress is seen at one moment. What goes wrong becomes a
    /// sentence that names the file: StoreError.
    template <typename Read>
    auto reading(Read&& read) const {
        try {
            SQLite::Transaction transaction(sqlite, SQLite::TransactionBehavior::DEFERRED);
            return read();
        } catch (const SQLite::Exception& error) {
            throwExplained(error, path);
        } catch (const StoreError&) {
            throw;
        } catch (const std::runtime_error& error) {
            throw StoreError(fmt::format("{}: {}", path.string(), error.what()));
        }
    }
};

}  // namespace mergarium
