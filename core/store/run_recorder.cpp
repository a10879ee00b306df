#include "core/store/run_recorder.h"

#include "core/store/database.h"
#include "core/store/encoding.h"
#include "core/store/run_claim.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <chrono>
#include <utility>

namespace mergarium {
namespace {

std::int64_t secondsSince1970() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::int64_t stored(std::uint64_t value) { return static_cast<std::int64_t>(value); }

void bindBlob(SQLite::Statement& statement, int index, std::span<const std::byte> blob) {
    statement.bind(index, blob.data(), static_cast<int>(blob.size()));
}

/// Which file a path leads to; SQLite goes on writing into a file that was deleted, and nobody would notice.
std::pair<dev_t, ino_t> identityOf(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {0, 0};
    return {status.st_dev, status.st_ino};
}

struct Event {
    std::uint64_t step;
    std::int64_t time;
    std::string kind, text;
};

}  // namespace

struct RunRecorder::Store {
    Store(const std::filesystem::path& database, RunId id)
        : path(database), connection(openDatabase(database, Access::Write)), identity(identityOf(database)), run(id) {}

    std::filesystem::path path;
    SQLite::Database connection;
    std::pair<dev_t, ino_t> identity;
    RunId run;
    RunClaim claim;
    std::vector<BirthRecord> births;
    std::vector<ProgressPoint> progress;
    std::vector<std::pair<MemberId, double>> tests;
    std::vector<Event> events;

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
                                 "device, sweep, arm, samples_hash) "
                                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
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
        insert.exec();
        run = {connection.getLastInsertRowid()};
    }

    void insertLayout(const Layout& layout) {
        SQLite::Statement insert(
            connection, "INSERT INTO tensors (run, position, name, shape, dtype, founder) VALUES (?, ?, ?, ?, ?, ?)");
        std::int64_t position = 0;
        const auto add = [&](const Layout::Tensor& tensor, std::optional<std::size_t> founder) {
            insert.clearBindings();
            insert.bind(1, run.value);
            insert.bind(2, position++);
            insert.bind(3, tensor.name);
            insert.bind(4, fmt::format("{}", fmt::join(tensor.shape, " ")));
            insert.bind(5, std::string(nameOf(tensor.dtype)));
            if (founder) insert.bind(6, stored(*founder));
            insert.exec();
            insert.reset();
        };
        for (const auto& tensor : layout.tensors) add(tensor, std::nullopt);
        for (const auto& frozen : layout.frozen) add(frozen.tensor, frozen.founder);
        SQLite::Statement alias(connection, "INSERT INTO aliases (run, name, of) VALUES (?, ?, ?)");
        for (const auto& one : layout.aliases) {
            alias.bind(1, run.value);
            alias.bind(2, one.name);
            alias.bind(3, one.of);
            alias.exec();
            alias.reset();
        }
    }

    void insertFounders(std::span<const FounderRecord> founders) {
        SQLite::Statement insert(
            connection,
            "INSERT INTO founders (run, member, name, bytes, hash, genome, train, test, scores, path, adapter, slot) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        for (const auto& founder : founders) {
            const auto& member = *founder.member;
            insert.clearBindings();
            insert.bind(1, run.value);
            insert.bind(2, stored(member.id.value));
            insert.bind(3, founder.name);
            insert.bind(4, stored(founder.bytes));
            insert.bind(5, founder.hash);
            Blob genome;
            if (founder.source.base.empty()) genome = member.genome->pack();
            if (!genome.empty()) bindBlob(insert, 6, genome);
            insert.bind(7, member.scores.mean());
            insert.bind(8, founder.test);
            const auto scores = packScores(member.scores.values());
            bindBlob(insert, 9, scores);
            insert.bind(10, founder.source.base.string());
            insert.bind(11, founder.source.adapter.string());
            if (founder.slot) insert.bind(12, stored(*founder.slot));
            insert.exec();
            insert.reset();
            keepAnswers(member);
        }
    }

    void keepAnswers(const Member& member) {
        if (!member.answers) return;
        SQLite::Statement insert(connection, "INSERT OR REPLACE INTO answers (run, member, texts) VALUES (?, ?, ?)");
        const auto texts = packTexts(*member.answers);
        insert.bind(1, run.value);
        insert.bind(2, stored(member.id.value));
        bindBlob(insert, 3, texts);
        insert.exec();
    }

    void insertBirths() {
        SQLite::Statement insert(
            connection,
            "INSERT INTO births (run, step, first, second, splits, ratio, interpolation, sigma, mutation_seed, "
            "train, fitness, slot, replaced, scores, seconds, scored, failure) VALUES "
            "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        // Answers are kept of the archive's members; founders keep theirs.
        SQLite::Statement forget(connection,
                                 "DELETE FROM answers WHERE run = ?1 AND member = ?2 AND member > (SELECT max(member) "
                                 "FROM founders WHERE run = ?1)");
        for (const auto& birth : births) {
            Blob splits, scores;
            insert.clearBindings();
            insert.bind(1, run.value);
            insert.bind(2, stored(birth.step));
            if (birth.parentage) {
                const auto& splice = birth.parentage->splice;
                insert.bind(3, stored(birth.parentage->first.value));
                insert.bind(4, stored(birth.parentage->second.value));
                if (!splice.splits.empty()) {
                    splits = packNumbers(splice.splits);
                    bindBlob(insert, 5, splits);
                }
                insert.bind(6, splice.ratio);
                insert.bind(7, std::string(nameOf(splice.interpolation)));
                if (splice.mutation) {
                    insert.bind(8, splice.mutation->sigma);
                    insert.bind(9, stored(splice.mutation->seed));
                }
            }
            insert.bind(10, birth.train);
            insert.bind(11, birth.fitness);
            if (birth.slot) insert.bind(12, stored(*birth.slot));
            if (birth.replaced) insert.bind(13, stored(birth.replaced->value));
            if (birth.child) {
                scores = packScores(birth.child->scores.values());
                bindBlob(insert, 14, scores);
            }
            insert.bind(15, birth.seconds);
            if (birth.scored) insert.bind(16, stored(*birth.scored));
            if (!birth.failure.empty()) insert.bind(17, birth.failure);
            insert.exec();
            insert.reset();
            if (birth.child) keepAnswers(*birth.child);
            if (birth.replaced) {
                forget.bind(1, run.value);
                forget.bind(2, stored(birth.replaced->value));
                forget.exec();
                forget.reset();
            }
        }
    }

    void insertProgress() {
        SQLite::Statement insert(connection,
                                 "INSERT OR REPLACE INTO progress (run, step, best_train, mean_train, best_test, "
                                 "coverage, disagreement, entropy) "
                                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        for (const auto& point : progress) {
            insert.bind(1, run.value);
            insert.bind(2, stored(point.step));
            insert.bind(3, point.bestTrain);
            insert.bind(4, point.meanTrain);
            insert.bind(5, point.bestTest);
            insert.bind(6, point.coverage);
            insert.bind(7, point.disagreement);
            insert.bind(8, point.entropy);
            insert.exec();
            insert.reset();
        }
        SQLite::Statement test(connection, "INSERT OR REPLACE INTO tests (run, member, score) VALUES (?, ?, ?)");
        for (const auto& [member, score] : tests) {
            test.bind(1, run.value);
            test.bind(2, stored(member.value));
            test.bind(3, score);
            test.exec();
            test.reset();
        }
    }

    void insertEvents() {
        SQLite::Statement insert(connection, "INSERT INTO events (run, step, time, kind, text) VALUES (?, ?, ?, ?, ?)");
        for (const auto& event : events) {
            insert.bind(1, run.value);
            insert.bind(2, stored(event.step));
            insert.bind(3, event.time);
            insert.bind(4, event.kind);
            insert.bind(5, event.text);
            insert.exec();
            insert.reset();
        }
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

    void replaceCheckpoint(const CheckpointRecord& checkpoint, std::uint64_t step) {
        SQLite::Statement clear(connection, "DELETE FROM checkpoints WHERE run = ?");
        clear.bind(1, run.value);
        clear.exec();
        SQLite::Statement insert(connection,
                                 "INSERT INTO checkpoints (run, slot, step, member, genome) VALUES (?, ?, ?, ?, ?)");
        const auto& slots = checkpoint.archive.slots();
        for (std::size_t slot = 0; slot < slots.size(); ++slot) {
            if (!slots[slot]) continue;
            const auto genome = slots[slot]->genome->pack();
            insert.bind(1, run.value);
            insert.bind(2, stored(slot));
            insert.bind(3, stored(step));
            insert.bind(4, stored(slots[slot]->id.value));
            bindBlob(insert, 5, genome);
            insert.exec();
            insert.reset();
        }
        if (checkpoint.state.empty()) return;
        SQLite::Statement state(connection,
                                "INSERT OR REPLACE INTO strategy_states (run, step, state) VALUES (?, ?, ?)");
        state.bind(1, run.value);
        state.bind(2, stored(step));
        bindBlob(state, 3, checkpoint.state);
        state.exec();
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
        store->insertRun(run, founders.empty() ? 0 : founders.front().member->scores.size(), arm);
        store->insertLayout(run.layout);
        store->insertFounders(founders);
        store->events.push_back({0, secondsSince1970(), "started", run.device});
        store->insertEvents();
        store->events.clear();
    });
    return RunRecorder(std::move(store));
}

RunRecorder RunRecorder::takeOver(const std::filesystem::path& database, RunId run) {
    auto store = std::make_unique<Store>(database, run);
    store->transact([&] {
        SQLite::Statement find(store->connection, "SELECT owner FROM runs WHERE run = ?");
        find.bind(1, run.value);
        if (!find.executeStep()) throw StoreError(fmt::format("{}: there is no run {}.", database.string(), run.value));
        const auto owner = find.getColumn(0).getString();
        if (isHeld(owner))
            throw StoreError(fmt::format("{}: run {} is going on in another program (process {}); stop it there first.",
                                         database.string(), run.value, owner.substr(0, owner.find(' '))));
        SQLite::Statement take(store->connection, "UPDATE runs SET owner = ?, phase = ?, message = '' WHERE run = ?");
        take.bind(1, store->claim.text());
        take.bind(2, std::string(nameOf(Phase::Running)));
        take.bind(3, run.value);
        take.exec();
    });
    return RunRecorder(std::move(store));
}

RunId RunRecorder::run() const { return store_->run; }
void RunRecorder::record(BirthRecord birth) { store_->births.push_back(std::move(birth)); }
void RunRecorder::record(const ProgressPoint& point) { store_->progress.push_back(point); }
void RunRecorder::recordTest(MemberId member, double score) { store_->tests.emplace_back(member, score); }
void RunRecorder::recordEvent(std::uint64_t step, const std::string& kind, const std::string& text) {
    store_->events.push_back({step, secondsSince1970(), kind, text});
}

void RunRecorder::flush(const RunStanding& standing, const std::optional<CheckpointRecord>& checkpoint) {
    store_->transact([&] {
        store_->insertBirths();
        store_->insertProgress();
        store_->insertEvents();
        if (checkpoint) store_->replaceCheckpoint(*checkpoint, standing.evaluations);
        store_->updateStanding(standing);
    });
    store_->births.clear();
    store_->progress.clear();
    store_->tests.clear();
    store_->events.clear();
}

}  // namespace mergarium
