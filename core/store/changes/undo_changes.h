#pragma once

#include "core/run/snapshot.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>

namespace mergarium {

/// The run goes back to `step`, and what was changed behind that, founders that joined included, has never been: its
/// configuration is what it was then, but for its budget. Within a writing transaction; seals are the caller's. Throws
/// SQLite::Exception, and std::runtime_error where that configuration can't be read.
void undoChanges(SQLite::Database& database, RunId run, std::uint64_t step);

}  // namespace mergarium
