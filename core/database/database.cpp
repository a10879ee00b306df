#include "core/database/database.h"

#include "core/database/connection.h"
#include "core/database/files_beside.h"
#include "core/database/migration.h"
#include "core/database/patiently.h"
#include "core/database/schema.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// What another program or thread needs to make a new file's tables, or to switch its journal.
constexpr std::chrono::milliseconds kTimeToBeMade{2'000};

/// Its version, as of one moment; 0: it is empty. Throws StoreError for what is no run database of a version that this
/// program reads.
int versionOf(SQLite::Database& database, const fs::path& path) {
    const SQLite::Transaction reading(database, SQLite::TransactionBehavior::DEFERRED);
    const int application = database.execAndGet("PRAGMA application_id").getInt();
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    const int things = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
    if (application == 0 && version == 0 && things == 0) return 0;
    if (application != kApplicationId)
        throw StoreError(fmt::format("{}: this is a database of another program; name another file.", path.string()));
    if (version > kSchemaVersion)
        throw StoreError(
            fmt::format("{}: written by a newer Mergarium (format {}, this one reads up to {}); update Mergarium.",
                        path.string(), version, kSchemaVersion));
    if (version < 1 || !hasSchemaOf(database, version))
        throw StoreError(
            fmt::format("{}: its tables aren't those of a run database; restore it from a copy, or name another file.",
                        path.string()));
    return version;
}

/// SQLite waits for those who open a FIFO's other end.
void refuseWhatIsNoFile(const fs::path& path, Access access) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (fs::is_directory(status)) throw StoreError(fmt::format("{}: this is a folder; name a file.", path.string()));
    if (fs::exists(status) && !fs::is_regular_file(status))
        throw StoreError(fmt::format("{}: this is no regular file; name another.", path.string()));
    if (!fs::exists(status) && access == Access::Read)
        throw StoreError(fmt::format("{}: there is no such run database.", path.string()));
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    if (!fs::exists(status) && !fs::is_directory(folder, error))
        throw StoreError(fmt::format("{}: its folder doesn't exist; create it first.", path.string()));
}

/// Readers of a WAL database need its shared-memory file, which can't be made beside a file that can't be written:
/// such a file is read as one that doesn't change, unless something lies beside it without which it isn't whole.
SQLite::Database connectWhereItLies(const fs::path& path) {
    std::error_code error;
    if (canBeWritten(path) || fs::exists(beside(path, kSharedMemory), error)) return connectToRead(path);
    for (const auto& file : {beside(path, kLog), beside(path, kJournal)})
        if (holdsSomething(file))
            throw StoreError(
                fmt::format("{}: it can't be read where it lies: its last changes are in {}, which can't be taken in "
                            "there; copy both to a folder that you may write to.",
                            path.string(), file.filename().string()));
    return connectImmutable(path);
}

/// Of a file to be read, which somebody may be making just now.
int versionOnceMade(SQLite::Database& database, const fs::path& path) {
    const auto noRuns = fmt::format("{}: there are no runs in this file.", path.string());
    try {
        return patiently(
            [&] {
                const int version = versionOf(database, path);
                if (version == 0) throw StoreBusy(noRuns);
                return version;
            },
            kTimeToBeMade);
    } catch (const StoreBusy&) {
        throw StoreError(noRuns);
    }
}

/// SQLite doesn't wait where two switch at once: each holds what the other wants.
void keepLog(SQLite::Database& database, const fs::path& path) {
    patiently(
        [&] {
            try {
                database.exec("PRAGMA journal_mode = WAL");
            } catch (const SQLite::Exception& caught) {
                throwExplained(caught, path);
            }
        },
        kTimeToBeMade);
}

}  // namespace

SQLite::Database openDatabase(const fs::path& path, Access access) {
    refuseWhatIsNoFile(path, access);
    try {
        if (access == Access::Write) {
            auto database = std::make_optional(connect(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE));
            if (const int version = versionOf(*database, path); version > 0 && version < kSchemaVersion) {
                database.reset();
                migrateFile(path);
                return openDatabase(path, access);
            }
            keepLog(*database, path);
            database->exec("PRAGMA synchronous = NORMAL");
            migrate(*database);
            return *std::move(database);
        }
        auto database = std::make_optional(connectWhereItLies(path));
        const int version = versionOnceMade(*database, path);
        // That of another program is none of our business.
        takeInLog(*database);
        if (version == kSchemaVersion) return *std::move(database);
        // Readers only understand the newest format.
        if (!canBeWritten(path)) return migratedCopy(*database);
        database.reset();
        migrateFile(path);
        return openDatabase(path, access);
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
            case SQLITE_READONLY:
                if (error.getExtendedErrorCode() == SQLITE_READONLY_ROLLBACK)
                    return std::string(
                        "a program was killed while it wrote to it; open it with that program once, which mends it");
                return std::string("it can't be written; check its permissions and its folder's");
            case SQLITE_FULL:
                return std::string("the disk is full; what was stored is safe: free some space and resume");
            case SQLITE_IOERR: return std::string("the disk can't be read or written; what was stored before is kept");
            case SQLITE_CORRUPT:
                return std::string("the database is damaged; restore it from a copy, or name another file");
            case SQLITE_NOTADB: return std::string("this is not a run database; name another file");
            case SQLITE_CANTOPEN: return std::string("it can't be opened; check the path and its permissions");
            case SQLITE_CONSTRAINT:
                return fmt::format(
                    "what is to be stored contradicts what is there ({}); the database is damaged: restore it from a "
                    "copy",
                    error.what());
            case SQLITE_ERROR:  // a file with our mark but not our tables
                return fmt::format("the database doesn't have the expected tables ({}); restore it from a copy",
                                   error.what());
            default: return fmt::format("the database failed: {}", error.what());
        }
    }();
    throw StoreError(fmt::format("{}: {}.", path.string(), sentence));
}

}  // namespace mergarium
