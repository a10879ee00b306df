#include "core/store/run_catalog.h"

#include "core/archive/archive.h"
#include "core/configuration/yaml.h"
#include "core/store/database.h"
#include "core/store/run_claim.h"
#include "core/store/stored_run.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr std::size_t kSparklinePoints = 60;

std::uint64_t unsignedOf(const SQLite::Column& column) { return static_cast<std::uint64_t>(column.getInt64()); }

Phase phaseOf(const std::string& name, const std::string& owner) {
    for (const auto phase : {Phase::Running, Phase::Paused})
        if (name == nameOf(phase)) return isHeld(owner) ? phase : Phase::Interrupted;
    for (const auto phase : {Phase::Finished, Phase::Stopped, Phase::Failed})
        if (name == nameOf(phase)) return phase;
    return Phase::Interrupted;
}

SessionSnapshot snapshotOf(const StoredRun& run) {
    SessionSnapshot snapshot;
    snapshot.run = run.describe();
    auto row = run.query(
        "SELECT phase, owner, message, evaluations, budget, accepted, seconds, archive_hash, "
        "samples_scored, samples_saved FROM runs WHERE run = ?");
    row.executeStep();
    snapshot.phase = phaseOf(row.getColumn(0).getString(), row.getColumn(1).getString());
    snapshot.message = row.getColumn(2).getString();
    snapshot.evaluations = unsignedOf(row.getColumn(3));
    snapshot.budget = unsignedOf(row.getColumn(4));
    snapshot.accepted = unsignedOf(row.getColumn(5));
    snapshot.seconds = row.getColumn(6).getDouble();
    snapshot.archiveHash = row.getColumn(7).getString();
    snapshot.samplesScored = unsignedOf(row.getColumn(8));
    snapshot.samplesSaved = unsignedOf(row.getColumn(9));

    const auto& configuration = snapshot.run->configuration;
    snapshot.members = run.slotsAt(snapshot.evaluations, traitsOf(configuration.strategy).slots);
    run.complete(*snapshot.run, snapshot.members);
    Archive archive(snapshot.members.size(), run.samples(), traitsOf(configuration.strategy).competition,
                    snapshot.run->sampleWeights);
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot) archive.place(slot, snapshot.members[slot]);
    snapshot.fitness = archive.fitness();

    snapshot.test.resize(snapshot.members.size());
    const auto tests = run.tests();
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
        if (const auto& member = snapshot.members[slot])
            if (const auto found = tests.find(member->id); found != tests.end()) snapshot.test[slot] = found->second;
    snapshot.curve = std::make_shared<const std::vector<ProgressPoint>>(run.curve());
    snapshot.pairings = run.pairings(fmt::format("DESC LIMIT {}", SessionSnapshot::kPairingsKept));
    std::reverse(snapshot.pairings.begin(), snapshot.pairings.end());
    return snapshot;
}

ResumePoint resumePointOf(const StoredRun& run) {
    ResumePoint point{.snapshot = snapshotOf(run),
                      .founders = run.founders(),
                      .slots = {},
                      .genomes = run.genomes(),
                      .state = {},
                      .step = 0,
                      .births = {}};
    const auto size = point.snapshot.members.size();
    auto step = run.query("SELECT MAX(step) FROM checkpoints WHERE run = ?");
    if (step.executeStep() && !step.getColumn(0).isNull()) point.step = unsignedOf(step.getColumn(0));
    point.slots = run.slotsAt(point.step, size);
    auto kept = run.query("SELECT slot, member FROM checkpoints WHERE run = ?");
    while (kept.executeStep()) {
        const auto slot = static_cast<std::size_t>(kept.getColumn(0).getInt64());
        if (slot >= size || !point.slots[slot] || point.slots[slot]->id.value != unsignedOf(kept.getColumn(1)))
            throw std::runtime_error("The stored checkpoint doesn't fit the stored births; the database is damaged.");
    }
    auto state = run.query("SELECT state FROM strategy_states WHERE run = ?");
    if (state.executeStep()) {
        const auto* bytes = static_cast<const std::byte*>(state.getColumn(0).getBlob());
        point.state.assign(bytes, bytes + state.getColumn(0).getBytes());
    }
    point.births = run.birthsAfter(point.step, size);
    return point;
}

}  // namespace

struct RunCatalog::Connection {
    explicit Connection(const std::filesystem::path& database)
        : path(database), sqlite(openDatabase(database, Access::Read)) {}

    std::filesystem::path path;
    mutable SQLite::Database sqlite;

    /// Calls `read` in one read transaction, so that a run in progress is seen at one moment.
    template <typename Read>
    auto reading(Read&& read) const {
        try {
            SQLite::Transaction transaction(sqlite, SQLite::TransactionBehavior::DEFERRED);
            return read();
        } catch (const SQLite::Exception& error) {
            throwExplained(error, path);
        } catch (const StoreError&) {
            throw;
        } catch (const std::runtime_error& error) {
            throw StoreError(fmt::format("{}: {}", path.string(), error.what()));
        }
    }
};

RunCatalog::RunCatalog(const std::filesystem::path& database) : connection_(std::make_unique<Connection>(database)) {}
RunCatalog::~RunCatalog() = default;
RunCatalog::RunCatalog(RunCatalog&&) noexcept = default;
RunCatalog& RunCatalog::operator=(RunCatalog&&) noexcept = default;

std::vector<RunSummary> RunCatalog::runs() const {
    return connection_->reading([&] {
        std::vector<RunSummary> summaries;
        SQLite::Statement rows(
            connection_->sqlite,
            "SELECT run, name, phase, owner, message, created, configuration, evaluations, budget, seconds, "
            "best_train, best_test, sweep, arm FROM runs ORDER BY run DESC");
        while (rows.executeStep()) {
            const auto created = static_cast<std::time_t>(rows.getColumn(5).getInt64());
            RunSummary summary;
            summary.id = {rows.getColumn(0).getInt64()};
            summary.name = rows.getColumn(1).getString();
            summary.phase = phaseOf(rows.getColumn(2).getString(), rows.getColumn(3).getString());
            summary.message = rows.getColumn(4).getString();
            summary.created = fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(created));
            summary.seed =
                parseStoredConfiguration(rows.getColumn(6).getString(), fmt::format("run {}", summary.id.value)).seed;
            summary.evaluations = static_cast<std::uint64_t>(rows.getColumn(7).getInt64());
            summary.budget = static_cast<std::uint64_t>(rows.getColumn(8).getInt64());
            summary.seconds = rows.getColumn(9).getDouble();
            summary.bestTrain = rows.getColumn(10).getDouble();
            summary.bestTest = rows.getColumn(11).getDouble();
            summary.sweep = rows.getColumn(12).getString();
            summary.arm = rows.getColumn(13).getString();
            summaries.push_back(std::move(summary));
        }
        SQLite::Statement points(
            connection_->sqlite,
            "SELECT best_train FROM (SELECT best_train, step, row_number() OVER (ORDER BY step) AS place, "
            "count(*) OVER () AS total FROM progress WHERE run = ?1) WHERE place % (total / ?2 + 1) = 0 OR place = "
            "total ORDER BY step");
        for (auto& summary : summaries) {
            points.bind(1, summary.id.value);
            points.bind(2, static_cast<std::int64_t>(kSparklinePoints));
            while (points.executeStep())
                summary.sparkline.push_back(static_cast<float>(points.getColumn(0).getDouble()));
            points.reset();
        }
        return summaries;
    });
}

SessionSnapshot RunCatalog::snapshot(RunId run) const {
    return connection_->reading([&] { return snapshotOf(StoredRun(connection_->sqlite, run)); });
}

ResumePoint RunCatalog::resumePoint(RunId run) const {
    return connection_->reading([&] { return resumePointOf(StoredRun(connection_->sqlite, run)); });
}

Ancestry RunCatalog::ancestry(RunId run, MemberId member) const {
    return connection_->reading([&] {
        const StoredRun stored(connection_->sqlite, run);
        Ancestry ancestry{.line = stored.lineOf(member), .genomes = stored.genomes()};
        if (ancestry.line.empty() || ancestry.line.back()->id != member)
            throw std::runtime_error(fmt::format("run {} has no model {}; children that were rejected are not kept.",
                                                 run.value, member.value));
        return ancestry;
    });
}

RunConfiguration RunCatalog::configuration(RunId run) const {
    return connection_->reading([&] {
        SQLite::Statement row(connection_->sqlite, "SELECT configuration FROM runs WHERE run = ?");
        row.bind(1, run.value);
        if (!row.executeStep()) throw std::runtime_error(fmt::format("there is no run {}.", run.value));
        return parseStoredConfiguration(row.getColumn(0).getString(), fmt::format("run {}", run.value));
    });
}

std::vector<ProgressPoint> RunCatalog::curve(RunId run) const {
    return connection_->reading([&] { return curveOf(connection_->sqlite, run); });
}

std::vector<Pairing> RunCatalog::births(RunId run) const {
    return connection_->reading([&] { return StoredRun(connection_->sqlite, run).pairings(""); });
}

void deleteRun(const std::filesystem::path& database, RunId run) {
    auto connection = openDatabase(database, Access::Write);
    try {
        SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement find(connection, "SELECT owner FROM runs WHERE run = ?");
        find.bind(1, run.value);
        if (!find.executeStep()) throw StoreError(fmt::format("{}: there is no run {}.", database.string(), run.value));
        if (isHeld(find.getColumn(0).getString()))
            throw StoreError(
                fmt::format("{}: run {} is going on; stop it before deleting it.", database.string(), run.value));
        SQLite::Statement remove(connection, "DELETE FROM runs WHERE run = ?");
        remove.bind(1, run.value);
        remove.exec();
        transaction.commit();
    } catch (const SQLite::Exception& error) {
        throwExplained(error, database);
    }
}

}  // namespace mergarium
