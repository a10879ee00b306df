#pragma once

#include "core/run/snapshot.h"

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <string_view>

namespace mergarium {

/// Throws StoreError where there is no such run, or where a living process computes it: "stop it before `doing` it".
void requireIdle(const SQLite::Database& connection, const std::filesystem::path& database, RunId run,
                 std::string_view doing);

}  // namespace mergarium
