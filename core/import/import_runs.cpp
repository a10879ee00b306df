#include "core/import/import_runs.h"

#include "core/database/connection.h"
#include "core/database/database.h"
#include "core/database/seals.h"
#include "core/store/idle_run.h"
#include "core/store/run_catalog.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <chrono>
#include <set>
#include <string_view>

namespace mergarium {
namespace {

/// All that belongs to a run, its own row first. Both databases have the same columns, which was checked when they were
/// opened.
constexpr std::array kTables{"runs",     "founders", "joined_founders", "tensors",     "aliases",         "births",
                             "progress", "tests",    "answers",         "checkpoints", "strategy_states", "events",
                             "exports",  "seals",    "birth_seals",     "painters",    "pictures"};
/// Given anew.
const std::set<std::string_view> kNumbers{"event", "export"};

void bindValue(SQLite::Statement& statement, int index, const SQLite::Column& value) {
    if (value.isInteger())
        statement.bind(index, value.getInt64());
    else if (value.isFloat())
        statement.bind(index, value.getDouble());
    else if (value.isText())
        statement.bind(index, value.getString());
    else if (value.isBlob())
        statement.bind(index, value.getBlob(), value.getBytes());
    else
        statement.bind(index);
}

/// Returns the run's number in `to`: that which it has already, or else, for its own row, a new one.
RunId copyRows(const SQLite::Database& from, SQLite::Database& to, std::string_view table, RunId there, RunId here) {
    const bool own = table == "runs";
    SQLite::Statement rows(from, fmt::format("SELECT * FROM {} WHERE run = ?", table));
    rows.bind(1, there.value);
    std::vector<int> taken;
    std::vector<std::string> names, marks;
    for (int column = 0; column < rows.getColumnCount(); ++column) {
        const std::string name = rows.getColumnName(column);
        if (kNumbers.contains(name) || (own && name == "run")) continue;
        taken.push_back(column);
        names.push_back(name);
        marks.emplace_back("?");
    }
    SQLite::Statement insert(
        to, fmt::format("INSERT INTO {} ({}) VALUES ({})", table, fmt::join(names, ", "), fmt::join(marks, ", ")));
    while (rows.executeStep()) {
        for (std::size_t i = 0; i < taken.size(); ++i) {
            const int index = static_cast<int>(i) + 1;
            if (names[i] == "run")
                insert.bind(index, here.value);
            else if (names[i] == "owner")
                // Whoever computed it there does not do so here.
                insert.bind(index, std::string());
            else
                bindValue(insert, index, rows.getColumn(taken[i]));
        }
        insert.exec();
        insert.reset();
        if (own) here = {to.getLastInsertRowid()};
    }
    return here;
}

/// Throws std::runtime_error for a run that can't be taken.
void requireTrue(const std::filesystem::path& from, RunId run) {
    const RunCatalog catalog(from);
    // Of a run that isn't there nothing is as it was stored.
    (void)catalog.configuration(run);
    if (const auto found = catalog.inspect(run); !found.isWhole()) throw RunDamaged(from, run, found);
    // Every birth, and everybody whom the run could go on from.
    (void)catalog.resumePoint(run, GoOnFrom::Founders);
    (void)catalog.resumePoint(run, GoOnFrom::Checkpoint);
}

RunId importRun(SQLite::Database& to, const SQLite::Database& from, const std::filesystem::path& place, RunId there) {
    SQLite::Transaction transaction(to, SQLite::TransactionBehavior::IMMEDIATE);
    RunId here;
    {
        SQLite::Transaction reading(const_cast<SQLite::Database&>(from), SQLite::TransactionBehavior::DEFERRED);
        requireIdle(from, place, there, "importing");
        for (const auto* table : kTables) here = copyRows(from, to, table, there, here);
    }
    SQLite::Statement event(to,
                            "INSERT INTO events (run, step, time, kind, text) SELECT run, evaluations, ?2, 'imported', "
                            "?3 FROM runs WHERE run = ?1");
    event.bind(1, here.value);
    event.bind(
        2,
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count());
    event.bind(3, fmt::format("run {} of {}", there.value, std::filesystem::absolute(place).string()));
    event.exec();
    // The other database may have changed since it was looked at.
    if (const auto found = inspect(to, here); !found.isWhole()) throw RunDamaged(place, there, found);
    transaction.commit();
    return here;
}

}  // namespace

ImportedRuns importRuns(const std::filesystem::path& database, const std::filesystem::path& from,
                        std::span<const RunId> runs) {
    const auto source = openDatabase(from, Access::Read);
    auto target = openDatabase(database, Access::Write);
    if (identityOf(database) == identityOf(from))
        throw StoreError(fmt::format("{}: these runs are here already; name another database.", from.string()));
    ImportedRuns imported;
    for (const auto run : runs) {
        try {
            requireTrue(from, run);
            imported.runs.push_back(importRun(target, source, from, run));
        } catch (const StoreBusy&) {
            throw;
        } catch (const SQLite::Exception& error) {
            throwExplained(error, database);
        } catch (const std::runtime_error& error) {
            imported.refused.emplace_back(error.what());
        }
    }
    return imported;
}

}  // namespace mergarium
