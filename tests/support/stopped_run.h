#pragma once

#include "tests/support/runs.h"

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>

#include <QTemporaryDir>

#include <string>

namespace mergarium::test {

constexpr std::uint64_t kEvaluations = 60;
constexpr std::uint64_t kStopped = 45;

/// What others do to a database.
inline void exec(const std::filesystem::path& database, const std::string& sql) {
    SQLite::Database connection(database.string(), SQLite::OPEN_READWRITE);
    connection.exec("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF");
    connection.exec(sql);
}

/// A new database with one run of kEvaluations that was stopped after kStopped, and was stored at steps 21 and 31 too.
inline std::filesystem::path stoppedRun(const std::filesystem::path& database) {
    const std::atomic<bool> never = false;
    const auto loop =
        RunLoop::begin(shortRun(kEvaluations), {.database = database, .resources = kResources, .threads = 1});
    for (std::uint64_t step = 0; step < kStopped; ++step) {
        (void)loop->step(never);
        // Several seals, and a checkpoint that isn't the last word.
        if (step == 20) loop->store(Phase::Stopped);
        if (step == 30) loop->store(Phase::Paused);
    }
    loop->store(Phase::Paused);
    exec(database, "UPDATE runs SET owner = ''; PRAGMA wal_checkpoint(TRUNCATE)");
    return database;
}

/// Makes it a stopped run of so many births, which are those of `stoppedRun` over and over: their number times a power
/// of two.
inline void prolong(const std::filesystem::path& database, std::uint64_t births) {
    for (auto done = kStopped; done < births; done *= 2)
        exec(database, fmt::format("INSERT INTO births SELECT run, step + {}, first, second, splits, ratio, "
                                   "interpolation, sigma, mutation_seed, train, fitness, slot, replaced, scores, "
                                   "seconds, scored, failure, chromosomes, inheritance FROM births WHERE run = 1",
                                   done));
    exec(database, fmt::format("UPDATE runs SET evaluations = {0}, budget = {0}, configuration = "
                               "replace(configuration, 'evaluations: {1}', 'evaluations: {0}')",
                               births, kEvaluations));
}

/// A suite's stopped run, and copies of it to be spoilt.
class StoppedRun {
protected:
    void make() { good_ = stoppedRun(path("good.db")); }
    std::filesystem::path path(const std::string& name) const {
        return folder_.filePath(QString::fromStdString(name)).toStdString();
    }
    static RunPlace place(const std::filesystem::path& database) {
        return {.database = database, .resources = kResources, .threads = 1};
    }
    std::filesystem::path copyOfGood() {
        const auto copy = path("copy" + std::to_string(++copies_) + ".db");
        std::filesystem::copy_file(good_, copy);
        return copy;
    }

    std::filesystem::path good_;

private:
    QTemporaryDir folder_;
    int copies_ = 0;
};

}  // namespace mergarium::test
