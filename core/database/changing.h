#pragma once

#include "core/database/database.h"

#include <SQLiteCpp/Transaction.h>

#include <filesystem>
#include <utility>

namespace mergarium {

/// `change(connection)` in one transaction, on a connection of its own. What it throws undoes it; SQLite's errors
/// become StoreError.
template <typename Change>
void changing(const std::filesystem::path& database, Change&& change) {
    auto connection = openDatabase(database, Access::Write);
    try {
        SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
        std::forward<Change>(change)(connection);
        transaction.commit();
    } catch (const SQLite::Exception& error) {
        throwExplained(error, database);
    }
}

}  // namespace mergarium
