#include "core/database/schema.h"

#include "core/database/schema_versions.h"
#include "core/database/seals.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <string>

namespace mergarium {
namespace {

/// What a version seals that those before it didn't.
void sealRuns(SQLite::Database& database, int version) {
    constexpr SealedPart kPartsOf5[] = {SealedPart::Description, SealedPart::Standing, SealedPart::ProgressCurve,
                                        SealedPart::Tests,       SealedPart::Answers,  SealedPart::Checkpoint};
    SQLite::Statement runs(database, "SELECT run FROM runs");
    while (runs.executeStep()) {
        Seals seals(database, {runs.getColumn(0).getInt64()});
        if (version == 5) seals.sealAll(kPartsOf5);
        if (version == 8) seals.seal(SealedPart::Events);
    }
}

/// Type, name and table of everything in the database, and of tables their columns, in order.
std::string outlineOf(const SQLite::Database& database) {
    std::string outline;
    SQLite::Statement things(database,
                             "SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' "
                             "ORDER BY type, name");
    SQLite::Statement kind(database,
                           "SELECT type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ?");
    SQLite::Statement columns(database, "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?)");
    while (things.executeStep()) {
        const auto type = things.getColumn(0).getString(), name = things.getColumn(1).getString();
        outline += fmt::format("{} {} of {}\n", type, name, things.getColumn(2).getString());
        if (type != "table") continue;
        kind.bind(1, name);
        while (kind.executeStep())
            outline += fmt::format("  {} {} {}\n", kind.getColumn(0).getString(), kind.getColumn(1).getInt(),
                                   kind.getColumn(2).getInt());
        kind.reset();
        columns.bind(1, name);
        while (columns.executeStep())
            outline += fmt::format("  {} {} {} {} {}\n", columns.getColumn(0).getString(),
                                   columns.getColumn(1).getString(), columns.getColumn(2).getInt(),
                                   columns.getColumn(3).getInt(), columns.getColumn(4).getInt());
        columns.reset();
    }
    return outline;
}

/// In one transaction: nobody sees a file half made, and takes it for one of an older version.
void migrateTo(SQLite::Database& database, int version) {
    if (database.execAndGet("PRAGMA user_version").getInt() >= version) return;
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    // Another program or thread may have made the tables while this one waited for the lock.
    const int from = database.execAndGet("PRAGMA user_version").getInt();
    for (int before = from; before < version; ++before) {
        database.exec(kMigrations[static_cast<std::size_t>(before)]);
        database.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
        database.exec(fmt::format("PRAGMA user_version = {}", before + 1));
    }
    // What is sealed is read from the newest tables.
    for (int before = from; before < version; ++before) sealRuns(database, before + 1);
    transaction.commit();
}

std::string outlineOfVersion(int version) {
    SQLite::Database made(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    migrateTo(made, version);
    return outlineOf(made);
}

}  // namespace

void migrate(SQLite::Database& database) { migrateTo(database, kSchemaVersion); }

bool hasSchemaOf(const SQLite::Database& database, int version) {
    static const std::string newest = outlineOfVersion(kSchemaVersion);
    return outlineOf(database) == (version == kSchemaVersion ? newest : outlineOfVersion(version));
}

}  // namespace mergarium
