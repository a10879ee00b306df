#include "core/store/changes/undo_changes.h"

#include "core/configuration/yaml.h"
#include "core/database/binding.h"
#include "core/database/event_kinds.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <optional>
#include <string>

namespace mergarium {
namespace {

/// As it was at the step; absent where it has not changed since.
std::optional<RunConfiguration> configurationAt(const SQLite::Database& database, RunId run, std::uint64_t step) {
    SQLite::Statement first(database,
                            "SELECT text, (SELECT budget FROM runs WHERE run = ?1) FROM events WHERE run = ?1 AND step "
                            "> ?2 AND kind = ?3 ORDER BY step, event LIMIT 1");
    first.bind(1, run.value);
    first.bind(2, stored(step));
    first.bind(3, std::string(kChanged));
    if (!first.executeStep()) return std::nullopt;
    auto configuration = parseStoredConfiguration(first.getColumn(0).getString(), "what the run was");
    configuration.evaluations = static_cast<std::uint64_t>(first.getColumn(1).getInt64());
    return configuration;
}

}  // namespace

void undoChanges(SQLite::Database& database, RunId run, std::uint64_t step) {
    if (const auto then = configurationAt(database, run, step)) {
        SQLite::Statement update(database, "UPDATE runs SET configuration = ? WHERE run = ?");
        update.bind(1, toYaml(*then));
        update.bind(2, run.value);
        update.exec();
    }
    SQLite::Statement events(database, "DELETE FROM events WHERE run = ? AND step > ? AND kind IN (?, ?, ?, ?)");
    events.bind(1, run.value);
    events.bind(2, stored(step));
    int index = 3;
    for (const auto kind : {kBredByHand, kFounderJoined, kChanged, kReseated}) events.bind(index++, std::string(kind));
    events.exec();
    SQLite::Statement founders(database, "DELETE FROM joined_founders WHERE run = ? AND step > ?");
    founders.bind(1, run.value);
    founders.bind(2, stored(step));
    founders.exec();
}

}  // namespace mergarium
