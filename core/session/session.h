#pragma once

#include "core/configuration/yaml.h"
#include "core/database/inspection.h"
#include "core/run/snapshot.h"
#include "core/subprocess/program.h"
#include "core/tasks/run_place.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace mergarium {

/// A new run, or one to go on with.
struct NewRun {
    RunConfiguration configuration;
    /// Where it belongs in a sweep, if it does.
    SweepArm arm = {};
};
struct ResumedRun {
    RunId id;
    IfDamaged damaged = IfDamaged::Refuse;
    /// Founders are read whole, to be sure that they are what the run began with, where else a few pages are compared
    /// if the file system says that nothing has changed.
    bool verify = false;
    /// Its budget from now on, larger than it was: it may have finished. Absent: as it is.
    std::optional<std::uint64_t> evaluations = std::nullopt;
    /// Parameters of its strategy that are others from now on.
    std::vector<Override> changes = {};
    /// A founder that joins it.
    std::optional<CheckpointFounder> founder = std::nullopt;
};

struct SessionRequest {
    std::variant<NewRun, ResumedRun> run;
    std::filesystem::path database;
    /// The folder with data, founders and presets.
    std::filesystem::path resources;
    /// Threads that score, all lanes together; 0: one per core.
    std::size_t threads = 0;
    /// Children scored side by side (RunPlace::lanes); 0: as many as are worth it.
    std::size_t lanes = 1;
    /// Paused: prepared, then waits for `resume` or `step`.
    bool startPaused = false;
    /// Which of the programs that configurations name may be started; null: none.
    MayStart mayStart = nullptr;
    /// Who scores in place of this machine; null: this machine.
    std::shared_ptr<const ClusterSettings> workers = nullptr;
};

/// Runs one run on a thread of its own: strategy, task, recorder. Every function may be called from any thread and none
/// waits, except the destructor, which stops the run as `stop` does (within one scoring batch) and joins.
class Session {
public:
    /// `wake`, if any, is called on the worker's thread when a snapshot is there to be taken, at most once until it is
    /// taken.
    Session(SessionRequest request, std::function<void()> wake);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// The latest state; null when nothing was published since the last call. Asking is what makes the worker publish
    /// again: a window that looks 20 times a second costs the run 20 snapshots a second, however fast it steps.
    SnapshotPtr take();

    void pause();
    void resume();
    /// One evaluation, then pause.
    void step();
    /// Of a paused run: has a child bred of two members and scored (RunLoop::breedByHand), in place of one that waits
    /// for a decision; the snapshot shows it.
    void breed(Parentage wish);
    /// It takes the next step.
    void admitBred();
    /// It is forgotten, or not scored further.
    void dropBred();
    /// Ends the sitting: everything is stored, the run can be resumed.
    void stop();

    /// Blocks until the worker has ended, or for `time`; says whether it has. For programs without a window.
    bool waitFor(std::chrono::milliseconds time);

private:
    struct Worker;
    std::unique_ptr<Worker> worker_;
};

}  // namespace mergarium
