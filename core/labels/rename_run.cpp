#include "core/labels/rename_run.h"

#include "core/database/changing.h"
#include "core/database/seals.h"
#include "core/store/idle_run.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

namespace mergarium {

void renameRun(const std::filesystem::path& database, RunId run, const std::string& name) {
    RunConfiguration named;
    named.name = name;
    if (const auto wrong = firstViolation(named); wrong && wrong->key == "name")
        throw std::runtime_error(fmt::format("name: {}.", wrong->sentence));
    changing(database, [&](SQLite::Database& connection) {
        requireIdle(connection, database, run, "renaming");
        // A new seal would hide what is wrong.
        if (!isSealed(connection, run, SealedPart::Description))
            throw StoreError(fmt::format("{}: the description of run {} isn't as it was stored, so it keeps its name.",
                                         database.string(), run.value));
        SQLite::Statement update(connection, "UPDATE runs SET name = ? WHERE run = ?");
        update.bind(1, name);
        update.bind(2, run.value);
        update.exec();
        Seals(connection, run).seal(SealedPart::Description);
    });
}

}  // namespace mergarium
