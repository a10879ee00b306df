#include "core/database/is_database.h"

#include "core/database/connection.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <system_error>

namespace mergarium {
namespace {

constexpr std::uintmax_t kHeader = 100;

}  // namespace

bool isDatabase(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return false;
    // To SQLite an empty file is an empty database.
    if (const auto size = std::filesystem::file_size(file, error); error || size < kHeader) return false;
    try {
        (void)connectImmutable(file).execAndGet("PRAGMA application_id");
        return true;
    } catch (const SQLite::Exception& failure) {
        const int code = failure.getErrorCode();
        return code != SQLITE_NOTADB && code != SQLITE_CANTOPEN && code != SQLITE_PERM;
    }
}

}  // namespace mergarium
