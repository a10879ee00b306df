#pragma once

#include "core/configuration/yaml.h"
#include "core/evaluation/evaluator.h"
#include "core/evaluation/experiment.h"
#include "core/evaluation/known_models.h"
#include "core/run/snapshot.h"
#include "core/session/open_steps.h"
#include "core/session/rate_meter.h"
#include "core/store/run_catalog.h"
#include "core/store/run_recorder.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// What came of one call of RunLoop::step.
enum class StepOutcome {
    Done,
    /// Nothing has changed: the child was dropped.
    Abandoned,
    /// Done, but models fail to be scored one after another: a person should look before the run goes on.
    Troubled,
};

/// How a stored run is gone on with.
struct GoingOn {
    /// What is done with a damaged one (RunRecorder::takeOver).
    IfDamaged damaged = IfDamaged::Refuse;
    /// All, or Anew.
    Hashes hashes = Hashes::All;
    /// Its budget from now on, larger than it was; absent: as it is.
    std::optional<std::uint64_t> evaluations = std::nullopt;
    /// Parameters of its strategy from now on.
    std::vector<Override> changes = {};
    /// A founder that joins: it takes the next step.
    std::optional<CheckpointFounder> founder = std::nullopt;

    bool changesIt() const { return evaluations || !changes.empty() || founder; }
};

/// One run, step by step, on the calling thread: evaluator, strategy and recorder working together. Knows nobody who
/// watches. Throws std::runtime_error with one sentence; what was stored before is kept.
class RunLoop {
public:
    /// Scores the founders and stores a new run. Throws Cancelled when `announce` ends it.
    static std::unique_ptr<RunLoop> begin(const RunConfiguration& configuration, const RunPlace& place,
                                          const Announce& announce = nullptr, const SweepArm& arm = {});
    /// Rebuilds a stored run as it was after its last stored birth, without scoring anything again. One that is
    /// extended goes on as if it had always had its new budget; one whose parameters change has the new ones from this
    /// step on, and one that a founder joins has it from this step on: events that it can be repeated with. Refused
    /// where that can't be, and nothing has changed then.
    static std::unique_ptr<RunLoop> goOn(RunId run, const RunPlace& place, const Announce& announce = nullptr,
                                         const GoingOn& how = {});

    bool isFinished() const { return evaluations_ >= configuration_.evaluations; }
    /// One step (paper, algorithm 1): propose, breed, score, admit, record; stores about once a second. The children of
    /// the steps behind it are bred and scored meanwhile, where lanes and strategy allow and `ahead` says so. When
    /// `abandon` is found set between two scoring batches they are dropped, and nothing is decided.
    StepOutcome step(const std::atomic<bool>& abandon, OpenSteps::Ahead ahead = OpenSteps::Ahead::Full);
    /// Breeds and scores a child of two members as a person wishes, whole, and keeps it until it is admitted or
    /// dropped, or the run goes on; it takes no step. What it came to, or why it can't be bred, is in the snapshot.
    /// Nothing is kept when `abandon` is found set.
    void breedByHand(const Parentage& wish, const std::atomic<bool>& abandon);
    /// The child that was bred by hand takes the next step, in place of the one that the strategy would propose there.
    /// That it does is an event of the run, which it can be repeated with.
    void admitByHand();
    void dropByHand();
    /// A break, which counts neither as time nor in the rate. What is scored ahead is dropped.
    void pauseClock();
    void resumeClock();
    /// Stores everything, with a checkpoint when the phase ends the sitting. A finished archive is tested first, where
    /// that costs little.
    void store(Phase phase);

    /// Stores that the run failed, and why, without a checkpoint: the births before it are kept and can be gone on
    /// from.
    void storeFailure(const std::string& sentence);

    /// The state now.
    SessionSnapshot snapshot(Phase phase);

private:
    using Clock = std::chrono::steady_clock;

    RunLoop(const RunConfiguration& configuration, const RunPlace& place, const Announce& announce, Hashes hashes,
            std::span<const JoinedFounder> joined = {});

    // How it starts: run_loop_start.cpp.
    /// Once there is a strategy: it says how far lanes can look ahead.
    void openEvaluator();
    Archive emptyArchive(const RunConfiguration& configuration) const;
    /// What held when `step` was proposed.
    const RunConfiguration& configurationAt(const ResumePoint& point, std::uint64_t step) const;
    /// Who sits in which slot once there are fewer, 0 where nobody does; empty where there aren't.
    std::vector<MemberId> seatingFor(const RunConfiguration& configuration) const;
    /// From now on, with the archive as it is, or with these members of it in its slots.
    void changeStrategy(const RunConfiguration& configuration, std::span<const MemberId> seating = {});
    /// A founder that is about to join.
    struct Newcomer {
        MemberPtr member;
        Verdict verdict;
        std::optional<double> test = std::nullopt;
    };
    /// Of the last of the founders. Throws where it can't be scored, or there is no place for it.
    Newcomer scoreNewcomer();
    /// It takes the next step, which is stored.
    void seat(const Newcomer& newcomer);
    /// What joined at a step; null where none did.
    const Founder* joinedAt(std::uint64_t step) const;
    MemberPtr scoreFounder(MemberId id, const GenomePtr& genome);
    std::runtime_error damaged(std::string_view what, RunId run) const;
    /// Task and founders must be what they were when the run was stored.
    void checkUnchanged(const RunDescription& stored) const;
    /// The archive at the point's step; false where that isn't all it takes to go on from there.
    bool rebuildArchive(const ResumePoint& point);
    /// And on it what was decided since. Returns where members sit from now on, if they change places.
    std::vector<MemberId> replay(const ResumePoint& point);
    void storeChange(RunRecorder& recorder, const RunConfiguration& before, std::span<const MemberId> seating);
    MemberPtr withGenome(const MemberPtr& bare, const GenomePtr& genome, const ResumePoint& point) const;
    /// Counters, curve and pairings as they were stored.
    void takeOverFigures(const ResumePoint& point);
    GenomePtr breedAgain(const StoredBirth& birth);
    GenomePtr breedByHandAgain(const Parentage& parentage) const;
    /// Why it can't be bred; empty when it can.
    std::string objectionTo(const Parentage& wish);
    MemberPtr memberOf(MemberId id) const;

    /// Absent when there is nothing to test with, when it failed, or was abandoned. Throws EvaluationFailure before the
    /// run is stored.
    std::optional<double> testOf(const Member& member, const std::atomic<bool>* abandon = nullptr);
    void admit(OpenStep step, BirthOrigin origin = BirthOrigin::Search);
    void record(BirthRecord birth, MemberId child);
    /// Tests a best member that is new, and adds a point to the curve when one is due. The point waits for that test:
    /// what was abandoned is made up for next time, and curves don't tell where a run was interrupted.
    void bringUpToDate(const std::atomic<bool>* abandon = nullptr);
    void follow(const std::atomic<bool>* abandon);
    void addProgress();
    double seconds() const;
    void storeWhenDue();
    /// What the evaluator has to tell; with `all`, at the end of a sitting.
    void recordEvents(bool all);
    /// Throws where they aren't what they were.
    void lookAtFounders();
    void flush(Phase phase, bool checkpoint);
    RunStanding standing(Phase phase) const;
    std::span<const MemberPtr> slots() const { return strategy_->archive().slots(); }
    const Member& best() const { return *slots()[*bestSlot(slots())]; }
    double bestTest() const;

    RunConfiguration configuration_;
    RunPlace place_;
    Experiment experiment_;
    std::shared_ptr<const SampleSet> samples_;
    Layout layout_;
    /// Scoring a model costs next to nothing.
    bool cheap_ = false;
    /// Of the experiment's founders so many, the last, joined the run.
    std::size_t joinedNow_ = 0;
    std::unique_ptr<Strategy> strategy_;
    KnownModels known_;
    std::unique_ptr<Evaluator> evaluator_;
    std::optional<OpenSteps> open_;
    std::unique_ptr<RunRecorder> recorder_;
    /// Bred by hand and not decided upon.
    std::optional<OpenStep> byHand_;
    std::shared_ptr<const HandBred> shownByHand_;
    std::shared_ptr<const RunDescription> description_;

    std::uint64_t evaluations_ = 0;
    std::uint64_t accepted_ = 0;
    /// That the run began with.
    std::uint64_t founders_ = 0;
    /// Of founders that joined, by the step that they took: which of the experiment's.
    std::map<std::uint64_t, std::size_t> joined_;
    /// Models that failed to be scored, one after another.
    unsigned failuresInARow_ = 0;
    std::string lastFailure_;
    std::string archiveHash_;
    /// The task has no samples to test with.
    bool nothingHeldOut_ = false;
    /// The member whose test score the curve shows.
    MemberId champion_;
    std::map<MemberId, double> tests_;
    std::vector<ProgressPoint> curve_;
    std::shared_ptr<const std::vector<ProgressPoint>> publishedCurve_;
    std::deque<Pairing> pairings_;

    /// Computing time before the clock was last started, and when that was.
    double secondsBefore_ = 0.0;
    bool clockRuns_ = false;
    Clock::time_point started_ = Clock::now();
    Clock::time_point stored_ = Clock::now();
    Clock::time_point checkpointedAt_ = Clock::now();
    std::uint64_t storedEvaluations_ = 0;
    /// What the database says.
    RunStanding storedStanding_;
    bool foundersChanged_ = false;
    std::uint64_t checkpointed_ = 0;
    /// Why births wait in memory; empty when they don't.
    std::string lockedBy_;
    RateMeter rate_;
    RateMeter tokenRate_;
};

}  // namespace mergarium
