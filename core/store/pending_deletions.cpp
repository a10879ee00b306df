#include "core/store/pending_deletions.h"

#include "core/database/changing.h"
#include "core/store/idle_run.h"
#include "core/store/run_claim.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <system_error>
#include <vector>

namespace mergarium {
namespace {

/// Those that `owner` has marked, and that nobody holds any more.
std::vector<RunId> dueIn(const SQLite::Database& connection, const std::string& owner) {
    std::vector<RunId> due;
    SQLite::Statement marks(connection, "SELECT run, owner FROM deletions");
    while (marks.executeStep()) {
        const auto marker = marks.getColumn(1).getString();
        if (marker == owner || !isHeld(marker)) due.push_back({marks.getColumn(0).getInt64()});
    }
    return due;
}

}  // namespace

void markDeleted(const std::filesystem::path& database, std::span<const RunId> runs, const std::string& owner) {
    changing(database, [&](SQLite::Database& connection) {
        SQLite::Statement mark(connection, "INSERT OR REPLACE INTO deletions (run, owner) VALUES (?, ?)");
        for (const auto run : runs) {
            requireIdle(connection, database, run, "deleting");
            mark.bind(1, run.value);
            mark.bind(2, owner);
            mark.exec();
            mark.reset();
        }
    });
}

void undelete(const std::filesystem::path& database, std::span<const RunId> runs) {
    changing(database, [&](SQLite::Database& connection) {
        SQLite::Statement unmark(connection, "DELETE FROM deletions WHERE run = ?");
        for (const auto run : runs) {
            unmark.bind(1, run.value);
            unmark.exec();
            unmark.reset();
        }
    });
}

void removeDeleted(const std::filesystem::path& database, const std::string& owner) {
    std::error_code error;
    if (!std::filesystem::exists(database, error)) return;
    try {
        const auto reading = openDatabase(database, Access::Read);
        if (dueIn(reading, owner).empty()) return;
    } catch (const SQLite::Exception& failure) {
        throwExplained(failure, database);
    }
    changing(database, [&](SQLite::Database& connection) {
        SQLite::Statement remove(connection, "DELETE FROM runs WHERE run = ?");
        for (const auto run : dueIn(connection, owner)) {
            remove.bind(1, run.value);
            remove.exec();
            remove.reset();
        }
    });
}

}  // namespace mergarium
