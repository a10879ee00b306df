#include "core/store/run_recorder.h"

#include "core/configuration/yaml.h"
#include "core/database/binding.h"
#include "core/database/connection.h"
#include "core/database/database.h"
#include "core/database/encoding.h"
#include "core/database/seals.h"
#include "core/store/changes/seating.h"
#include "core/store/changes/undo_changes.h"
#include "core/store/run_claim.h"
#include "core/store/run_rows.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace mergarium {
namespace {

std::int64_t secondsSince1970() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

struct RunRecorder::Store {
    Store(const std::filesystem::path& database, RunId id)
        : path(database), connection(openDatabase(database, Access::Write)), identity(identityOf(database)), run(id) {}

    std::filesystem::path path;
    SQLite::Database connection;
    std::pair<dev_t, ino_t> identity;
    RunId run;
    bool inSweep = false;
    RunClaim claim;
    std::vector<BirthRecord> births;
    std::vector<ProgressPoint> progress;
    std::vector<TestRecord> tests;
    std::vector<EventRecord> events;
    std::vector<FounderRecord> founders;

    RunRows rows() { return {connection, run}; }
    Seals seals() { return {connection, run}; }

    /// One transaction around `write`; SQLite's errors become sentences.
    template <typename Write>
    void transact(Write&& write) {
        if (identityOf(path) != identity)
            throw StoreError(fmt::format("{}: the run database has vanished or was replaced while the run was going.",
                                         path.string()));
        try {
            SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
            write();
            transaction.commit();
        } catch (const SQLite::Exception& error) {
            throwExplained(error, path);
        }
    }

    void insertRun(const RunDescription& description, std::size_t samples, const SweepArm& arm) {
        const auto& configuration = description.configuration;
        SQLite::Statement insert(connection,
                                 "INSERT INTO runs (name, configuration, created, phase, owner, budget, samples, "
                                 "device, sweep, arm, samples_hash, sample_weights, genomes) "
                                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.bind(1, configuration.name);
        insert.bind(2, toYaml(configuration));
        insert.bind(3, secondsSince1970());
        insert.bind(4, std::string(nameOf(Phase::Running)));
        insert.bind(5, claim.text());
        insert.bind(6, stored(configuration.evaluations));
        insert.bind(7, stored(samples));
        insert.bind(8, description.device);
        insert.bind(9, arm.sweep);
        insert.bind(10, arm.arm);
        insert.bind(11, description.samplesHash);
        const auto weights = packNumbers(description.sampleWeights);
        if (!weights.empty()) bindBlob(insert, 12, weights);
        insert.bind(13, std::string(nameOf(description.genomes)));
        insert.exec();
        run = {connection.getLastInsertRowid()};
    }

    void hold() {
        SQLite::Statement take(connection, "UPDATE runs SET owner = ? WHERE run = ?");
        take.bind(1, claim.text());
        take.bind(2, run.value);
        take.exec();
    }

    void setRunning() {
        SQLite::Statement update(connection, "UPDATE runs SET phase = ?, message = '' WHERE run = ?");
        update.bind(1, std::string(nameOf(Phase::Running)));
        update.bind(2, run.value);
        update.exec();
        seals().seal(SealedPart::Standing);
    }

    std::uint64_t evaluations() {
        SQLite::Statement now(connection, "SELECT evaluations FROM runs WHERE run = ?");
        now.bind(1, run.value);
        now.executeStep();
        return static_cast<std::uint64_t>(now.getColumn(0).getInt64());
    }

    void replaceCheckpoint(const std::optional<CheckpointRecord>& checkpoint, std::uint64_t step) {
        if (checkpoint)
            rows().replace(*checkpoint, step);
        else
            rows().removeCheckpoint();
        seals().seal(SealedPart::Checkpoint);
    }

    void updateStanding(const RunStanding& standing) {
        SQLite::Statement update(
            connection,
            "UPDATE runs SET phase = ?, message = ?, owner = ?, evaluations = ?, accepted = ?, seconds = ?, "
            "best_train = ?, best_test = ?, archive_hash = ?, samples_scored = ?, samples_saved = ? WHERE run = ?");
        const bool going = standing.phase == Phase::Running || standing.phase == Phase::Paused;
        update.bind(1, std::string(nameOf(standing.phase)));
        update.bind(2, standing.message);
        update.bind(3, going ? claim.text() : std::string());
        update.bind(4, stored(standing.evaluations));
        update.bind(5, stored(standing.accepted));
        update.bind(6, standing.seconds);
        update.bind(7, standing.bestTrain);
        update.bind(8, standing.bestTest);
        update.bind(9, standing.archiveHash);
        update.bind(10, stored(standing.samplesScored));
        update.bind(11, stored(standing.samplesSaved));
        update.bind(12, run.value);
        update.exec();
    }

    /// What was written by a flush.
    void sealFlush(const RunStanding& standing, bool checkpoint) {
        auto sealing = seals();
        sealing.sealBirths(standing.evaluations, {.accepted = standing.accepted,
                                                  .seconds = standing.seconds,
                                                  .samplesScored = standing.samplesScored,
                                                  .samplesSaved = standing.samplesSaved});
        sealing.seal(SealedPart::Standing);
        if (!progress.empty()) sealing.seal(SealedPart::ProgressCurve);
        if (!tests.empty()) sealing.seal(SealedPart::Tests);
        // Members take their answers with them when they leave.
        if (!births.empty()) sealing.seal(SealedPart::Answers);
        if (checkpoint) sealing.seal(SealedPart::Checkpoint);
        if (!founders.empty() || std::ranges::any_of(events, [](const auto& one) { return decides(one.kind); }))
            sealing.seal(SealedPart::Events);
    }
};

RunRecorder::RunRecorder(std::unique_ptr<Store> store) : store_(std::move(store)) {}
RunRecorder::~RunRecorder() = default;
RunRecorder::RunRecorder(RunRecorder&&) noexcept = default;
RunRecorder& RunRecorder::operator=(RunRecorder&&) noexcept = default;

RunRecorder RunRecorder::create(const std::filesystem::path& database, const RunDescription& run,
                                std::span<const FounderRecord> founders, const SweepArm& arm) {
    auto store = std::make_unique<Store>(database, RunId{});
    store->transact([&] {
        store->inSweep = !arm.sweep.empty();
        store->insertRun(run, founders.empty() ? 0 : founders.front().member->scores.size(), arm);
        auto rows = store->rows();
        rows.insert(run.layout);
        if (run.genes) rows.insert(*run.genes);
        rows.insert(founders);
        const EventRecord started{.step = 0, .time = secondsSince1970(), .kind = "started", .text = run.device};
        rows.insert(std::span(&started, 1));
        store->seals().sealAll();
    });
    return RunRecorder(std::move(store));
}

RunRecorder RunRecorder::takeOver(const std::filesystem::path& database, RunId run, IfDamaged damaged, TakenTo to) {
    auto store = std::make_unique<Store>(database, run);
    store->transact([&] {
        SQLite::Statement find(store->connection, "SELECT owner, phase, sweep FROM runs WHERE run = ?");
        find.bind(1, run.value);
        if (!find.executeStep()) throw StoreError(fmt::format("{}: there is no run {}.", database.string(), run.value));
        const auto owner = find.getColumn(0).getString();
        if (isHeld(owner))
            throw StoreError(fmt::format("{}: run {} is going on in another program (process {}); stop it there first.",
                                         database.string(), run.value, owner.substr(0, owner.find(' '))));
        SQLite::Statement deletion(store->connection, "SELECT 1 FROM deletions WHERE run = ?");
        deletion.bind(1, run.value);
        if (deletion.executeStep())
            throw StoreError(fmt::format("{}: run {} is being deleted; undo that in the window to go on with it.",
                                         database.string(), run.value));
        const auto sweep = find.getColumn(2).getString();
        store->inSweep = !sweep.empty();
        if (to == TakenTo::Change && store->inSweep)
            throw StoreError(
                fmt::format("{}: run {} belongs to the sweep '{}', whose runs differ by their arms alone; set up a run "
                            "of its own with its configuration.",
                            database.string(), run.value, sweep));
        if (const auto found = inspect(store->connection, run); !found.isWhole()) {
            if (damaged == IfDamaged::Refuse || !found.canGoBack()) throw RunDamaged(database, run, found);
            undoChanges(store->connection, run, found.wholeUntil);
            goBack(store->connection, run, found);
            const EventRecord event{
                .step = found.wholeUntil, .time = secondsSince1970(), .kind = "went back", .text = found.sentence()};
            store->rows().insert(std::span(&event, 1));
        } else if (to == TakenTo::GoOn && find.getColumn(1).getString() == nameOf(Phase::Finished)) {
            throw StoreError(
                fmt::format("{}: run {} has finished; extend it to go on with it.", database.string(), run.value));
        }
        store->hold();
        if (to == TakenTo::GoOn) store->setRunning();
    });
    return RunRecorder(std::move(store));
}

void RunRecorder::change(const RunConfiguration& before, const RunConfiguration& next,
                         std::span<const MemberId> seating, const std::optional<CheckpointRecord>& checkpoint) {
    auto longer = before;
    longer.evaluations = next.evaluations;
    const bool only = longer == next;
    store_->transact([&] {
        if (before == next) return store_->setRunning();
        const auto step = store_->evaluations();
        const auto note = [&](std::string_view kind, std::string text) {
            const EventRecord event{
                .step = step, .time = secondsSince1970(), .kind = std::string(kind), .text = std::move(text)};
            store_->rows().insert(std::span(&event, 1));
        };
        if (only)
            note("extended", fmt::format("from {} to {} evaluations", before.evaluations, next.evaluations));
        else
            note(kChanged, toYaml(before));
        SQLite::Statement update(store_->connection, "UPDATE runs SET configuration = ?, budget = ? WHERE run = ?");
        update.bind(1, toYaml(next));
        update.bind(2, stored(next.evaluations));
        update.bind(3, store_->run.value);
        update.exec();
        store_->seals().seal(SealedPart::Description);
        if (!seating.empty()) {
            note(kReseated, seatingText(seating));
            store_->rows().reseat(seating, step);
            store_->replaceCheckpoint(checkpoint, step);
        }
        store_->seals().seal(SealedPart::Events);
        store_->setRunning();
    });
}

RunId RunRecorder::run() const { return store_->run; }
bool RunRecorder::isInSweep() const { return store_->inSweep; }
void RunRecorder::record(BirthRecord birth) { store_->births.push_back(std::move(birth)); }
void RunRecorder::record(const ProgressPoint& point) { store_->progress.push_back(point); }
void RunRecorder::recordFounder(FounderRecord founder) { store_->founders.push_back(std::move(founder)); }
void RunRecorder::recordTest(MemberId member, double score) { store_->tests.emplace_back(member, score); }
void RunRecorder::recordEvent(std::uint64_t step, const std::string& kind, const std::string& text) {
    store_->events.push_back({.step = step, .time = secondsSince1970(), .kind = kind, .text = text});
}

void RunRecorder::discard() {
    store_->births.clear();
    store_->progress.clear();
    store_->tests.clear();
    store_->events.clear();
    store_->founders.clear();
}

void RunRecorder::flush(const RunStanding& standing, const std::optional<CheckpointRecord>& checkpoint) {
    store_->transact([&] {
        auto rows = store_->rows();
        rows.insert(std::span<const BirthRecord>(store_->births));
        rows.insert(std::span<const ProgressPoint>(store_->progress));
        rows.insert(std::span<const TestRecord>(store_->tests));
        rows.insert(std::span<const EventRecord>(store_->events));
        for (const auto& founder : store_->founders) rows.insertJoined(founder);
        if (checkpoint) rows.replace(*checkpoint, standing.evaluations);
        store_->updateStanding(standing);
        store_->sealFlush(standing, checkpoint.has_value());
    });
    discard();
}

}  // namespace mergarium
