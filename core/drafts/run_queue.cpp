#include "core/drafts/run_queue.h"

#include "core/configuration/yaml.h"
#include "core/database/binding.h"
#include "core/database/changing.h"
#include "core/database/row.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <optional>
#include <stdexcept>
#include <system_error>

namespace mergarium {
namespace {

/// Of a configuration's text, and of a sentence.
constexpr std::size_t kMostQueuedBytes = std::size_t{1} << 20;

QueuedRun queuedIn(const Row& row) {
    QueuedRun queued{.entry = static_cast<std::int64_t>(row.bits(0)), .configuration = {}, .trouble = {}};
    try {
        queued.configuration =
            parseStoredConfiguration(row.text(1, kMostQueuedBytes), fmt::format("queue, entry {}", queued.entry));
        queued.trouble = row.text(2, kMostQueuedBytes);
    } catch (const std::runtime_error& error) {
        // The others are none the worse for it.
        queued.trouble = error.what();
    }
    return queued;
}

/// Where an entry stands; absent: it isn't there.
std::optional<std::int64_t> placeOf(const SQLite::Database& connection, std::int64_t entry) {
    SQLite::Statement find(connection, "SELECT place FROM queue WHERE entry = ?");
    find.bind(1, entry);
    if (!find.executeStep()) return std::nullopt;
    return find.getColumn(0).getInt64();
}

void setPlace(const SQLite::Database& connection, std::int64_t entry, std::int64_t place) {
    SQLite::Statement update(connection, "UPDATE queue SET place = ? WHERE entry = ?");
    update.bind(1, place);
    update.bind(2, entry);
    update.exec();
}

}  // namespace

std::vector<QueuedRun> queueIn(const std::filesystem::path& database) {
    std::error_code error;
    if (!std::filesystem::exists(database, error)) return {};
    const auto connection = openDatabase(database, Access::Read);
    try {
        std::vector<QueuedRun> queue;
        SQLite::Statement rows(connection,
                               "SELECT entry, configuration, trouble FROM queue ORDER BY place, entry LIMIT ?");
        rows.bind(1, static_cast<std::int64_t>(kMostQueued));
        while (rows.executeStep()) queue.push_back(queuedIn(Row(rows, "queue", 0)));
        return queue;
    } catch (const SQLite::Exception& failure) {
        throwExplained(failure, database);
    }
}

void enqueue(const std::filesystem::path& database, const RunConfiguration& configuration) {
    changing(database, [&](SQLite::Database& connection) {
        if (connection.execAndGet("SELECT count(*) FROM queue").getInt64() >= stored(kMostQueued))
            throw StoreError(
                fmt::format("{}: {} runs wait already; let some of them go first.", database.string(), kMostQueued));
        SQLite::Statement insert(connection,
                                 "INSERT INTO queue (place, configuration) SELECT coalesce(max(place), 0) + 1, ? FROM "
                                 "queue");
        insert.bind(1, toYaml(configuration));
        insert.exec();
    });
}

void dequeue(const std::filesystem::path& database, std::int64_t entry) {
    changing(database, [&](SQLite::Database& connection) {
        SQLite::Statement remove(connection, "DELETE FROM queue WHERE entry = ?");
        remove.bind(1, entry);
        remove.exec();
    });
}

void moveInQueue(const std::filesystem::path& database, std::int64_t entry, int towards) {
    changing(database, [&](SQLite::Database& connection) {
        // Places of others may be anything: first they are made 1, 2, ...
        std::vector<std::int64_t> order;
        SQLite::Statement rows(connection, "SELECT entry FROM queue ORDER BY place, entry");
        while (rows.executeStep()) order.push_back(rows.getColumn(0).getInt64());
        for (std::size_t index = 0; index < order.size(); ++index)
            setPlace(connection, order[index], static_cast<std::int64_t>(index) + 1);
        const auto place = placeOf(connection, entry);
        if (!place) return;
        const auto target = *place + (towards < 0 ? -1 : 1);
        if (target < 1 || target > static_cast<std::int64_t>(order.size())) return;
        setPlace(connection, order[static_cast<std::size_t>(target) - 1], *place);
        setPlace(connection, entry, target);
    });
}

void setQueueTrouble(const std::filesystem::path& database, std::int64_t entry, const std::string& trouble) {
    changing(database, [&](SQLite::Database& connection) {
        SQLite::Statement update(connection, "UPDATE queue SET trouble = ? WHERE entry = ?");
        update.bind(1, trouble.substr(0, kMostQueuedBytes));
        update.bind(2, entry);
        update.exec();
    });
}

}  // namespace mergarium
