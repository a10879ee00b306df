#include "core/database/connection.h"

#include "core/database/files_beside.h"
#include "core/database/schema.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace mergarium {
namespace {

constexpr int kBusyMilliseconds = 2'000;

SQLite::Database guarded(const std::string& name, int flags) {
    SQLite::Database database(name, flags, kBusyMilliseconds);
    auto* const handle = database.getHandle();
    for (const auto& [setting, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                         {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                         {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                         {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                                         {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}})
        sqlite3_db_config(handle, setting, value, nullptr);
    database.exec("PRAGMA cell_size_check = ON");
    database.exec("PRAGMA mmap_size = 0");
    database.exec("PRAGMA foreign_keys = ON");
    return database;
}

/// For a URI.
std::string escaped(std::string_view path) {
    std::string text;
    for (const char c : path)
        if (c == '%' || c == '?' || c == '#')
            text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        else
            text += c;
    return text;
}

/// What another program was about to write when it was killed is its own to take back.
bool isOurs(const std::filesystem::path& path) {
    try {
        return connectImmutable(path).execAndGet("PRAGMA application_id").getInt() == kApplicationId;
    } catch (const SQLite::Exception&) {
        return false;
    }
}

}  // namespace

SQLite::Database connect(const std::filesystem::path& path, int flags) {
    refuseWhatLiesBeside(path);
    return guarded(path.string(), flags);
}

SQLite::Database connectToRead(const std::filesystem::path& path) {
    if (!canBeWritten(path) || (holdsSomething(beside(path, kJournal)) && !isOurs(path)))
        return connect(path, SQLite::OPEN_READONLY);
    const bool hasLog = holdsSomething(beside(path, kLog));
    auto database = connect(path, SQLite::OPEN_READWRITE);
    database.exec("PRAGMA query_only = ON");
    sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, hasLog ? 1 : 0, nullptr);
    return database;
}

void takeInLog(SQLite::Database& database) {
    sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

SQLite::Database connectImmutable(const std::filesystem::path& path) {
    return guarded(fmt::format("file:{}?immutable=1", escaped(std::filesystem::absolute(path).string())),
                   SQLite::OPEN_READONLY | SQLite::OPEN_URI);
}

bool canBeWritten(const std::filesystem::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    return ::access(path.c_str(), W_OK) == 0 && ::access(folder.c_str(), W_OK) == 0;
}

std::pair<dev_t, ino_t> identityOf(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {0, 0};
    return {status.st_dev, status.st_ino};
}

}  // namespace mergarium
