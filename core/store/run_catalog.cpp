#include "core/store/run_catalog.h"

#include "core/archive/archive.h"
#include "core/configuration/yaml.h"
#include "core/database/changing.h"
#include "core/database/database.h"
#include "core/database/row.h"
#include "core/database/seals.h"
#include "core/store/idle_run.h"
#include "core/store/read_connection.h"
#include "core/store/run_claim.h"
#include "core/store/stored_run.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr std::size_t kSparklinePoints = 60;

/// The last second of the year 9999.
constexpr std::uint64_t kLastSecond = 253'402'300'799;

Phase phaseOf(const Row& row, int column, const std::string& owner) {
    const auto name = row.text(column);
    for (const auto phase : {Phase::Running, Phase::Paused})
        if (name == nameOf(phase)) return isHeld(owner) ? phase : Phase::Interrupted;
    for (const auto phase : {Phase::Finished, Phase::Stopped, Phase::Failed})
        if (name == nameOf(phase)) return phase;
    row.refuse(column, fmt::format("is '{}', which this version of Mergarium doesn't know", name));
}

SessionSnapshot snapshotOf(const StoredRun& run, std::span<const MemberPtr> known = {}) {
    SessionSnapshot snapshot;
    snapshot.run = run.description();
    snapshot.evaluations = run.evaluations();
    auto rows = run.query(
        "SELECT phase, owner, message, budget, accepted, seconds, archive_hash, samples_scored, samples_saved FROM "
        "runs "
        "WHERE run = ?");
    rows.executeStep();
    const Row row(rows, "runs");
    snapshot.phase = phaseOf(row, 0, row.text(1));
    snapshot.isElsewhere = isGoing(snapshot.phase) && isHeldElsewhere(row.text(1));
    snapshot.message = row.text(2);
    snapshot.budget = row.count(3);
    snapshot.accepted = row.count(4, 0, run.evaluations());
    snapshot.seconds = row.number(5);
    snapshot.archiveHash = row.text(6);
    snapshot.samplesScored = row.count(7);
    snapshot.samplesSaved = row.count(8);

    snapshot.members = run.slotsAt(snapshot.evaluations);
    run.complete(snapshot.members, known);
    Archive archive(snapshot.members.size(), run.samples(), traitsOf(snapshot.run->configuration.strategy).competition,
                    snapshot.run->sampleWeights);
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot) archive.place(slot, snapshot.members[slot]);
    snapshot.fitness = archive.fitness();

    snapshot.test.resize(snapshot.members.size());
    const auto tests = run.tests();
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
        if (const auto& member = snapshot.members[slot])
            if (const auto found = tests.find(member->id); found != tests.end()) snapshot.test[slot] = found->second;
    snapshot.curve = std::make_shared<const std::vector<ProgressPoint>>(run.curve());
    snapshot.pairings = run.pairings(SessionSnapshot::kPairingsKept);
    return snapshot;
}

ResumePoint resumePointOf(const StoredRun& run, GoOnFrom from) {
    ResumePoint point{.snapshot = snapshotOf(run),
                      .founders = run.founders(),
                      .slots = {},
                      .genomes = run.genomes(),
                      .state = {},
                      .step = 0,
                      .births = {}};
    if (from == GoOnFrom::Checkpoint) {
        point.state = run.state();
        point.step = run.checkpoint();
    }
    point.slots = run.slotsAt(point.step);
    point.births = run.birthsAfter(point.step);
    point.changes = run.changes();
    return point;
}

/// What can be no notes is none: the run is none the worse for it.
std::string notesOf(const Row& row, int column) {
    try {
        return row.isNull(column) ? std::string() : row.text(column, RunSummary::kMostNotes);
    } catch (const std::runtime_error&) {
        return {};
    }
}

/// All but the sparkline.
RunSummary summaryOf(const Row& row) {
    RunSummary summary;
    summary.name = row.text(1);
    summary.phase = phaseOf(row, 2, row.text(3));
    if (isGoing(summary.phase)) {
        summary.owner = row.text(3);
        summary.isElsewhere = isHeldElsewhere(summary.owner);
    }
    summary.message = row.text(4);
    summary.created =
        fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(static_cast<std::time_t>(row.count(5, 0, kLastSecond))));
    summary.seed = parseStoredConfiguration(row.text(6), "its configuration").seed;
    summary.budget = row.count(8);
    summary.evaluations = row.count(7, 0, summary.budget);
    summary.seconds = row.number(9);
    summary.bestTrain = row.fraction(10);
    summary.bestTest = row.fraction(11);
    summary.sweep = row.text(12);
    summary.arm = row.text(13);
    summary.notes = notesOf(row, 14);
    return summary;
}

std::vector<float> sparklineOf(SQLite::Statement& points, RunId run) {
    points.bind(1, run.value);
    points.bind(2, static_cast<std::int64_t>(kSparklinePoints));
    std::vector<float> line;
    while (points.executeStep()) line.push_back(static_cast<float>(Row(points, "progress").fraction(0)));
    return line;
}

}  // namespace

struct RunCatalog::Connection : ReadConnection {
    using ReadConnection::ReadConnection;
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
            "best_train, best_test, sweep, arm, notes FROM runs WHERE run NOT IN (SELECT run FROM deletions) ORDER BY "
            "run "
            "DESC");
        SQLite::Statement points(
            connection_->sqlite,
            "SELECT best_train FROM (SELECT best_train, step, row_number() OVER (ORDER BY step) AS place, "
            "count(*) OVER () AS total FROM progress WHERE run = ?1) WHERE place % (total / ?2 + 1) = 0 OR place = "
            "total ORDER BY step");
        while (rows.executeStep()) {
            const Row row(rows, "runs");
            RunSummary summary;
            try {
                summary = summaryOf(row);
                summary.id = {rows.getColumn(0).getInt64()};
                summary.sparkline = sparklineOf(points, summary.id);
            } catch (const std::runtime_error& error) {
                // The others are none the worse for it.
                summary = {.id = {rows.getColumn(0).getInt64()},
                           .name = "damaged",
                           .phase = Phase::Failed,
                           .message = error.what(),
                           .damage = error.what()};
            }
            points.reset();
            summaries.push_back(std::move(summary));
        }
        return summaries;
    });
}

SessionSnapshot RunCatalog::snapshot(RunId run, std::span<const MemberPtr> known) const {
    return connection_->reading([&] { return snapshotOf(StoredRun(connection_->sqlite, run), known); });
}

Inspection RunCatalog::inspect(RunId run) const {
    return connection_->reading([&] { return mergarium::inspect(connection_->sqlite, run); });
}

ResumePoint RunCatalog::resumePoint(RunId run, GoOnFrom from) const {
    return connection_->reading([&] { return resumePointOf(StoredRun(connection_->sqlite, run), from); });
}

Ancestry RunCatalog::ancestry(RunId run, MemberId member) const {
    return connection_->reading([&] {
        if (const auto found = mergarium::inspect(connection_->sqlite, run); !found.isWhole())
            throw RunDamaged(connection_->path, run, found);
        const StoredRun stored(connection_->sqlite, run);
        Ancestry ancestry{.line = stored.lineOf(member), .genomes = stored.genomes()};
        if (ancestry.line.empty() || ancestry.line.back()->id != member)
            throw std::runtime_error(fmt::format("run {} has no model {}; children that were rejected are not kept.",
                                                 run.value, member.value));
        return ancestry;
    });
}

Family RunCatalog::family(RunId run, MemberId member, const FamilyReach& reach) const {
    return connection_->reading([&] { return familyOf(StoredRun(connection_->sqlite, run), member, reach); });
}

std::vector<Intervention> RunCatalog::interventions(RunId run) const {
    return connection_->reading([&] { return StoredRun(connection_->sqlite, run).interventions(); });
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
    return connection_->reading([&] { return StoredRun(connection_->sqlite, run).pairings(); });
}

void deleteRun(const std::filesystem::path& database, RunId run) {
    changing(database, [&](SQLite::Database& connection) {
        requireIdle(connection, database, run, "deleting");
        SQLite::Statement remove(connection, "DELETE FROM runs WHERE run = ?");
        remove.bind(1, run.value);
        remove.exec();
    });
}

}  // namespace mergarium
