#include "core/database/database_watch.h"

#include "core/database/connection.h"
#include "core/database/schema.h"

#include <SQLiteCpp/Column.h>

#include <stdexcept>
#include <utility>

namespace mergarium {

struct DatabaseWatch::Watched {
    std::pair<dev_t, ino_t> identity;
    SQLite::Database connection;
    /// As SQLite counts what other connections have committed.
    std::int64_t version = 0;

    std::int64_t versionNow() { return connection.execAndGet("PRAGMA data_version").getInt64(); }
};

DatabaseWatch::DatabaseWatch(std::filesystem::path database) : database_(std::move(database)) {}
DatabaseWatch::~DatabaseWatch() = default;

bool DatabaseWatch::look() {
    try {
        if (!watched_ || watched_->identity != identityOf(database_)) return begin();
        return std::exchange(watched_->version, watched_->versionNow()) != watched_->version;
    } catch (const std::runtime_error&) {  // SQLite's, and what lies beside it
        watched_.reset();
        return false;
    }
}

bool DatabaseWatch::begin() {
    watched_.reset();
    std::error_code error;
    // SQLite waits for those who open a FIFO's other end.
    if (!std::filesystem::is_regular_file(database_, error)) return false;
    const auto identity = identityOf(database_);
    auto watched = std::make_unique<Watched>(Watched{identity, connectToRead(database_)});
    // Whoever migrates it needs it for himself alone.
    if (watched->connection.execAndGet("PRAGMA user_version").getInt() != kSchemaVersion) return false;
    takeInLog(watched->connection);
    watched->version = watched->versionNow();
    watched_ = std::move(watched);
    return true;
}

}  // namespace mergarium
