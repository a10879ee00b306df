#include "core/store/idle_run.h"

#include "core/database/store_error.h"
#include "core/store/run_claim.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

namespace mergarium {

void requireIdle(const SQLite::Database& connection, const std::filesystem::path& database, RunId run,
                 std::string_view doing) {
    SQLite::Statement find(connection, "SELECT owner FROM runs WHERE run = ?");
    find.bind(1, run.value);
    if (!find.executeStep()) throw StoreError(fmt::format("{}: there is no run {}.", database.string(), run.value));
    if (isHeld(find.getColumn(0).getString()))
        throw StoreError(
            fmt::format("{}: run {} is going on; stop it before {} it.", database.string(), run.value, doing));
}

}  // namespace mergarium
