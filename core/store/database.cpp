#include "core/store/database.h"

#include "core/store/schema.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <system_error>

namespace mergarium {
namespace {

constexpr int kBusyMilliseconds = 2'000;

void refuseForeign(SQLite::Database& database, const std::filesystem::path& path) {
    const int application = database.execAndGet("PRAGMA application_id").getInt();
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    const int tables = database.execAndGet("SELECT count(*) FROM sqlite_master").getInt();
    const bool untouched = application == 0 && version == 0 && tables == 0;
    if (!untouched && application != kApplicationId)
        throw StoreError(fmt::format("{}: this is a database of another program; name another file.", path.string()));
    if (version > kSchemaVersion)
        throw StoreError(
            fmt::format("{}: written by a newer Mergarium (format {}, this one reads up to {}); update Mergarium.",
                        path.string(), version, kSchemaVersion));
}

}  // namespace

SQLite::Database openDatabase(const std::filesystem::path& path, Access access) {
    std::error_code error;
    const bool exists = std::filesystem::exists(path, error);
    if (std::filesystem::is_directory(path, error))
        throw StoreError(fmt::format("{}: this is a folder; name a file.", path.string()));
    if (!exists && access == Access::Read)
        throw StoreError(fmt::format("{}: there is no such run database.", path.string()));
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    if (!exists && !std::filesystem::is_directory(folder, error))
        throw StoreError(fmt::format("{}: its folder doesn't exist; create it first.", path.string()));
    try {
        // Readers too open for writing where they may: a WAL database needs its shared-memory file. They write nothing.
        SQLite::Database database(
            path.string(),
            access == Access::Write ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READONLY,
            kBusyMilliseconds);
        database.exec("PRAGMA foreign_keys = ON");
        refuseForeign(database, path);
        if (access == Access::Write) {
            database.exec("PRAGMA journal_mode = WAL");
            database.exec("PRAGMA synchronous = NORMAL");
            migrate(database);
            return database;
        }
        const int version = database.execAndGet("PRAGMA user_version").getInt();
        if (version == 0) throw StoreError(fmt::format("{}: there are no runs in this file.", path.string()));
        // Readers only understand the newest format.
        if (version < kSchemaVersion) (void)openDatabase(path, Access::Write);
        return database;
    } catch (const SQLite::Exception& caught) {
        throwExplained(caught, path);
    }
}

void throwExplained(const SQLite::Exception& error, const std::filesystem::path& path) {
    const int code = error.getErrorCode();
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        throw StoreBusy(
            fmt::format("{}: another program keeps it locked; close that program and go on.", path.string()));
    const auto sentence = [&] {
        switch (code) {
            case SQLITE_READONLY: return std::string("it can't be written; check its permissions and its folder's");
            case SQLITE_FULL:
                return std::string("the disk is full; what was stored is safe: free some space and resume");
            case SQLITE_IOERR: return std::string("the disk can't be read or written; what was stored before is kept");
            case SQLITE_CORRUPT:
                return std::string("the database is damaged; restore it from a copy, or name another file");
            case SQLITE_NOTADB: return std::string("this is not a run database; name another file");
            case SQLITE_CANTOPEN: return std::string("it can't be opened; check the path and its permissions");
            case SQLITE_CONSTRAINT:
                return std::string("another program is going on with the same run; close one of the two");
            case SQLITE_ERROR:  // a file with our mark but not our tables
                return fmt::format("the database doesn't have the expected tables ({}); restore it from a copy",
                                   error.what());
            default: return fmt::format("the database failed: {}", error.what());
        }
    }();
    throw StoreError(fmt::format("{}: {}.", path.string(), sentence));
}

}  // namespace mergarium
