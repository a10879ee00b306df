#include "core/labels/run_notes.h"

#include "core/database/changing.h"
#include "core/store/run_catalog.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

namespace mergarium {

void setRunNotes(const std::filesystem::path& database, RunId run, const std::string& notes) {
    if (notes.size() > RunSummary::kMostNotes)
        throw StoreError(fmt::format("{}: the notes on run {} have {} bytes, and may have {} at most; shorten them.",
                                     database.string(), run.value, notes.size(), RunSummary::kMostNotes));
    changing(database, [&](SQLite::Database& connection) {
        SQLite::Statement update(connection, "UPDATE runs SET notes = ? WHERE run = ?");
        if (!notes.empty()) update.bind(1, notes);
        update.bind(2, run.value);
        if (update.exec() == 0) throw StoreError(fmt::format("{}: there is no run {}.", database.string(), run.value));
    });
}

}  // namespace mergarium
