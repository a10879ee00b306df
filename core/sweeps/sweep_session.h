#pragma once

#include "core/session/session.h"
#include "core/sweeps/sweep.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

enum class SweepRunState { Waiting, Going, Finished, Failed };

/// One run of a sweep: how far it is.
struct SweepRun {
    /// Absent until it is in the database.
    std::optional<RunId> run;
    SweepRunState state = SweepRunState::Waiting;
    std::uint64_t evaluations = 0;
    std::uint64_t budget = 0;
    /// 0 while it isn't running.
    double evaluationsPerSecond = 0.0;
    /// Of the member that is best in training; absent where nothing was scored yet.
    std::optional<double> bestTest;
    /// Why it failed; empty when it didn't.
    std::string trouble;
    bool operator==(const SweepRun&) const = default;
};

/// How far a sweep is, all sittings together.
struct SweepProgress {
    std::size_t runs = 0;
    std::size_t finished = 0;
    std::size_t failed = 0;
    std::uint64_t evaluations = 0;
    std::uint64_t budget = 0;
    /// Absent until something was measured.
    std::optional<double> evaluationsPerSecond;
    std::optional<double> secondsLeft;
    /// Runs in progress: "m2n2, seed 3".
    std::vector<std::string> going;
    /// Why runs failed, in the order in which they did.
    std::vector<std::string> failures;
    /// Why the runs are slower than they need be (RunDescription::caution).
    std::string caution;
    /// All of them, as `plannedRun` counts them.
    std::vector<SweepRun> each;
};

/// Which run of a sweep is the n-th from 0: the arms of the first seed, then of the second, so that arms grow alike.
struct PlannedRun {
    const PlannedArm& arm;
    std::uint64_t seed = 0;
};
PlannedRun plannedRun(const Sweep& sweep, std::size_t index);

struct SweepPlace {
    std::filesystem::path database;
    std::filesystem::path resources;
    /// Runs at a time, at least 1.
    std::size_t jobs = 1;
    /// Threads of each run; 0: the cores shared among the jobs. Changes no result.
    std::size_t threads = 0;
    /// Children that each run scores side by side (RunPlace::lanes); 0: as many as are worth it.
    std::size_t lanes = 1;
    /// Which of the programs that configurations name may be started; null: none.
    MayStart mayStart = nullptr;
};

/// Carries out a sweep: every run that isn't finished in the database is resumed or begun, seed by seed, so that arms
/// grow alike. A kill at any moment loses nothing: the next sitting finds what is stored. Has no thread of its own:
/// call `advance` a few times a second. One thread at a time.
class SweepSession {
public:
    /// Throws std::runtime_error when the database holds runs of this sweep with other configurations, or when one is
    /// going on elsewhere.
    SweepSession(Sweep sweep, SweepPlace place);
    ~SweepSession();
    SweepSession(const SweepSession&) = delete;
    SweepSession& operator=(const SweepSession&) = delete;

    /// Collects runs that have ended and starts what there is room for, each once the one before is in the database, so
    /// that runs are numbered in the order of the plan. False when nothing is running and nothing is left.
    /// Throws std::runtime_error when a run can't begin: neither will the others.
    bool advance();
    /// Starts no more runs and stops those in progress, each within one scoring batch; `advance` tells when they have
    /// ended.
    void stop();
    SweepProgress progress() const;
    /// Blocks until `advance` has something to take in, or for `time`: for callers without an event loop.
    void waitFor(std::chrono::milliseconds time);

private:
    /// One run of the plan.
    struct Slot;
    /// Rung by the runs' threads.
    struct Bell;
    void begin(Slot& slot);
    void takeIn(Slot& slot);

    Sweep sweep_;
    SweepPlace place_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::shared_ptr<Bell> bell_;
    bool stopping_ = false;
    std::vector<std::string> failures_;
    std::string caution_;
    std::uint64_t evaluationsBefore_ = 0;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace mergarium
