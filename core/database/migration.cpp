#include "core/database/migration.h"

#include "core/database/connection.h"
#include "core/database/database.h"
#include "core/database/schema.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Column.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

void copy(SQLite::Database& to, const SQLite::Database& from) {
    SQLite::Backup backup(to, const_cast<SQLite::Database&>(from));
    backup.executeStep();
}

void sync(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool failed = descriptor < 0 || ::fsync(descriptor) != 0;
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (failed)
        throw StoreError(fmt::format("{}: it can't be written to the disk: {}.", path.string(), std::strerror(error)));
}

/// A file that is removed unless it is taken.
class Draft {
public:
    explicit Draft(const fs::path& target) : path_(target.string() + ".migrating") {
        std::error_code error;
        fs::remove(path_, error);  // a killed attempt's; only one program at a time holds the target's lock
        struct stat status {};
        const auto mode = ::stat(target.c_str(), &status) == 0 ? status.st_mode & 0777 : 0600;
        const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (descriptor < 0)
            throw StoreError(
                fmt::format("{}: a migrated copy can't be made beside it: {}.", target.string(), std::strerror(errno)));
        ::close(descriptor);
    }
    ~Draft() {
        std::error_code error;
        fs::remove(path_, error);
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

}  // namespace

void migrateFile(const fs::path& path) {
    // Links stay links.
    const auto target = fs::canonical(path);
    auto old = connect(target, SQLite::OPEN_READWRITE);
    // Out of WAL mode, so that no log lies beside the file, and locked until this connection is closed. Both fail while
    // others have it open.
    old.exec("PRAGMA locking_mode = EXCLUSIVE");
    old.exec("PRAGMA journal_mode = DELETE");
    old.exec("BEGIN EXCLUSIVE; COMMIT");
    int moved = 0;
    sqlite3_file_control(old.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved != 0 || old.execAndGet("PRAGMA user_version").getInt() >= kSchemaVersion) return;

    const Draft draft(target);
    {
        auto fresh = connect(draft.path(), SQLite::OPEN_READWRITE);
        copy(fresh, old);
        migrate(fresh);
    }
    sync(draft.path());
    if (::rename(draft.path().c_str(), target.c_str()) != 0)
        throw StoreError(
            fmt::format("{}: its migrated copy can't take its place: {}.", path.string(), std::strerror(errno)));
    sync(target.parent_path());
}

SQLite::Database migratedCopy(const SQLite::Database& old) {
    // An empty name: a file that SQLite makes and removes.
    SQLite::Database copied("", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    copy(copied, old);
    migrate(copied);
    return copied;
}

}  // namespace mergarium
