#include "core/session/run_loop.h"

#include "core/archive/coverage.h"
#include "core/database/database.h"
#include "core/evaluation/archive_hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

constexpr std::uint64_t kCurvePoints = 1000;
// Births are stored after this time or number, whichever comes first: what a kill loses is bred again in that time.
constexpr std::chrono::seconds kStoreInterval{1};
constexpr std::uint64_t kBirthsPerStore = 1000;
/// Going on after a kill breeds at most this many children again; breeding costs a few percent of scoring.
constexpr std::uint64_t kCheckpointInterval = 2500;
/// And where evaluations are slow, what was bred in this time.
constexpr std::chrono::seconds kCheckpointTime{60};
/// Models in a row that can't be scored before the run pauses.
constexpr unsigned kMostFailures = 3;
/// While another program keeps the database locked, births wait in memory; more would be a run that nobody stores.
constexpr std::uint64_t kMostWaitingBirths = 20'000;

}  // namespace

std::optional<double> RunLoop::testOf(const Member& member, const std::atomic<bool>* abandon) {
    if (const auto known = tests_.find(member.id); known != tests_.end()) return known->second;
    if (nothingHeldOut_) return std::nullopt;
    const auto abandoned = [&] { return (abandon && *abandon) || (place_.abandon && *place_.abandon); };
    try {
        const auto score = evaluator_->test(member.genome, abandon);
        nothingHeldOut_ = !score && !abandoned();
        if (!score) return std::nullopt;
        tests_[member.id] = *score;
        if (recorder_) recorder_->recordTest(member.id, *score);
        return score;
    } catch (const EvaluationFailure& failure) {
        if (!recorder_) throw;  // a founder: the run has not begun
        if (!abandoned()) recorder_->recordEvent(evaluations_, "test failed", failure.what());
        return std::nullopt;
    }
}

StepOutcome RunLoop::step(const std::atomic<bool>& abandon, OpenSteps::Ahead ahead) {
    dropByHand();
    bringUpToDate(&abandon);
    auto next = open_->next(evaluations_ + 1, configuration_.evaluations, ahead, abandon);
    if (!next) return StepOutcome::Abandoned;
    ++evaluations_;
    if (const auto* failed = std::get_if<Failed>(&next->outcome)) {
        ++failuresInARow_;
        lastFailure_ = failed->why;
        recorder_->recordEvent(evaluations_, "child failed", failed->why);
    } else {
        failuresInARow_ = 0;
        lastFailure_.clear();
    }
    admit(*std::move(next));
    bringUpToDate(&abandon);
    recordEvents(false);
    storeWhenDue();
    if (failuresInARow_ < kMostFailures) return StepOutcome::Done;
    failuresInARow_ = 0;
    lastFailure_ = fmt::format("{} models in a row could not be scored. The last: {}", kMostFailures, lastFailure_);
    return StepOutcome::Troubled;
}

void RunLoop::admit(OpenStep step, BirthOrigin origin) {
    const MemberId child{founders_ + step.proposal.step};
    BirthRecord birth{.step = step.proposal.step, .train = meanOf(step.outcome), .origin = origin};
    if (const auto* cut = std::get_if<CutShort>(&step.outcome)) birth.scored = cut->scored;
    if (const auto* failed = std::get_if<Failed>(&step.outcome)) birth.failure = failed->why;
    if (const auto* mating = step.proposal.mating())
        birth.parentage = Parentage{mating->first->id, mating->second->id, mating->splice};

    const auto admission =
        strategy_->admit(std::move(step.proposal), {.id = child, .outcome = std::move(step.outcome), .genome = [&] {
                                                        return experiment_.breeding->keep(step.genome);
                                                    }});
    birth.fitness = admission.fitness;
    birth.slot = admission.slot;
    if (admission.replaced) birth.replaced = admission.replaced->id;
    if (admission.slot) {
        birth.child = slots()[*admission.slot];
        ++accepted_;
    }
    if (admission.replaced) tests_.erase(admission.replaced->id);
    record(std::move(birth), child);
}

void RunLoop::record(BirthRecord birth, MemberId child) {
    birth.seconds = seconds();
    if (pairings_.size() == SessionSnapshot::kPairingsKept) pairings_.pop_front();
    pairings_.push_back({.step = birth.step,
                         .first = birth.parentage ? birth.parentage->first : MemberId{},
                         .second = birth.parentage ? birth.parentage->second : MemberId{},
                         .child = child,
                         .childTrain = birth.train,
                         .accepted = birth.slot.has_value(),
                         .replaced = birth.replaced,
                         .scored = birth.scored,
                         .failure = birth.failure,
                         .origin = birth.origin});
    recorder_->record(std::move(birth));
}

void RunLoop::bringUpToDate(const std::atomic<bool>* abandon) {
    follow(abandon);
    const bool due =
        evaluations_ % std::max<std::uint64_t>(1, configuration_.evaluations / kCurvePoints) == 0 || isFinished();
    const bool known = !curve_.empty() && curve_.back().step == evaluations_;
    if (due && !known && champion_ == best().id) addProgress();
}

/// Tests the best member when it is a new one.
void RunLoop::follow(const std::atomic<bool>* abandon) {
    const auto& now = best();
    if (now.id == champion_) return;
    testOf(now, abandon);
    if (!abandon || !*abandon) champion_ = now.id;
}

double RunLoop::bestTest() const {
    const auto known = tests_.find(champion_);
    return known == tests_.end() ? 0.0 : known->second;
}

void RunLoop::addProgress() {
    const auto& archive = strategy_->archive();
    double total = 0.0;
    for (const auto& member : archive.slots())
        if (member) total += member->scores.mean();
    const auto spread = diversity(archive.rows(), archive.sampleCount());
    curve_.push_back({.step = evaluations_,
                      .bestTrain = best().scores.mean(),
                      .meanTrain = total / static_cast<double>(archive.memberCount()),
                      .bestTest = bestTest(),
                      .coverage = spread.coverage,
                      .disagreement = spread.disagreement,
                      .entropy = spread.nicheEntropy});
    publishedCurve_.reset();
    recorder_->record(curve_.back());
}

double RunLoop::seconds() const {
    return secondsBefore_ + (clockRuns_ ? std::chrono::duration<double>(Clock::now() - started_).count() : 0.0);
}

void RunLoop::resumeClock() {
    clockRuns_ = true;
    started_ = stored_ = Clock::now();
    rate_.restart(started_, evaluations_);
    tokenRate_.restart(started_, evaluator_->tokens());
    if (evaluations_ == storedEvaluations_) storedStanding_ = standing(Phase::Running);
}

void RunLoop::pauseClock() {
    open_->drop();
    secondsBefore_ = seconds();
    clockRuns_ = false;
}

RunStanding RunLoop::standing(Phase phase) const {
    return {.phase = phase,
            .message = {},
            .evaluations = evaluations_,
            .accepted = accepted_,
            .seconds = seconds(),
            .bestTrain = best().scores.mean(),
            .bestTest = bestTest(),
            .archiveHash = archiveHash_,
            .samplesScored = open_->counts().scored,
            .samplesSaved = open_->counts().saved};
}

void RunLoop::storeWhenDue() {
    const std::uint64_t waiting = evaluations_ - storedEvaluations_;
    const auto now = Clock::now();
    const bool checkpoint = strategy_->canCheckpoint(evaluations_) &&
                            (evaluations_ - checkpointed_ >= kCheckpointInterval ||
                             (now - checkpointedAt_ > kCheckpointTime && evaluations_ > checkpointed_));
    if ((!checkpoint || !lockedBy_.empty()) && now - stored_ < kStoreInterval &&
        (waiting < kBirthsPerStore || !lockedBy_.empty()))
        return;
    stored_ = now;
    try {
        flush(Phase::Running, checkpoint);
        lockedBy_.clear();
    } catch (const StoreBusy& busy) {
        if (waiting >= kMostWaitingBirths) throw;
        lockedBy_ = fmt::format("{} {} births wait in memory.", busy.what(), waiting);
    }
}

void RunLoop::lookAtFounders() {
    if (!experiment_.watch) return;
    foundersChanged_ = true;
    experiment_.watch->look();
    foundersChanged_ = false;
}

void RunLoop::flush(Phase phase, bool checkpoint) {
    lookAtFounders();
    std::vector<std::byte> state;
    std::optional<CheckpointRecord> record;
    if (checkpoint) {
        state = strategy_->state();
        record.emplace(CheckpointRecord{strategy_->archive(), state});
    }
    storedStanding_ = standing(phase);
    recorder_->flush(storedStanding_, record);
    storedEvaluations_ = evaluations_;
    if (!checkpoint) return;
    checkpointed_ = evaluations_;
    checkpointedAt_ = Clock::now();
}

void RunLoop::store(Phase phase) {
    if (phase == Phase::Finished) {
        bringUpToDate();
        if (cheap_)
            for (const auto& member : slots())
                if (member) testOf(*member);
    }
    const bool ends = phase == Phase::Finished || phase == Phase::Stopped;
    recordEvents(ends);
    if (ends) archiveHash_ = archiveHash(slots());
    // A finished run isn't gone on with, but looked at: its genomes are kept in any case.
    flush(phase, phase == Phase::Finished || (ends && strategy_->canCheckpoint(evaluations_)));
}

void RunLoop::storeFailure(const std::string& sentence) {
    auto last = standing(Phase::Failed);
    // Children since the last look may be children of other founders.
    if (foundersChanged_) {
        recorder_->discard();
        last = storedStanding_;
        last.phase = Phase::Failed;
    }
    last.message = sentence;
    recorder_->recordEvent(last.evaluations, "failed", sentence);
    recorder_->flush(last);
}

void RunLoop::recordEvents(bool all) {
    for (const auto& [kind, text] : evaluator_->takeEvents(all)) recorder_->recordEvent(evaluations_, kind, text);
}

SessionSnapshot RunLoop::snapshot(Phase phase) {
    const auto& archive = strategy_->archive();
    if (!publishedCurve_) publishedCurve_ = std::make_shared<const std::vector<ProgressPoint>>(curve_);
    SessionSnapshot snapshot;
    snapshot.phase = phase;
    snapshot.message = lockedBy_.empty() ? lastFailure_ : lockedBy_;
    if (snapshot.message.empty() && phase == Phase::Running) snapshot.message = evaluator_->waitsFor();
    snapshot.workers = evaluator_->workers();
    snapshot.run = description_;
    snapshot.evaluations = evaluations_;
    snapshot.budget = configuration_.evaluations;
    snapshot.accepted = accepted_;
    snapshot.seconds = seconds();
    snapshot.samplesScored = open_->counts().scored;
    snapshot.samplesSaved = open_->counts().saved;
    snapshot.tokens = evaluator_->tokens();
    snapshot.tokensPerSecond = phase == Phase::Running ? tokenRate_.read(Clock::now(), snapshot.tokens) : 0.0;
    snapshot.evaluationsPerSecond = phase == Phase::Running ? rate_.read(Clock::now(), evaluations_) : 0.0;
    snapshot.members = archive.slots();
    snapshot.fitness = archive.fitness();
    snapshot.test.resize(snapshot.members.size());
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
        if (snapshot.members[slot])
            if (const auto known = tests_.find(snapshot.members[slot]->id); known != tests_.end())
                snapshot.test[slot] = known->second;
    snapshot.curve = publishedCurve_;
    snapshot.pairings.assign(pairings_.begin(), pairings_.end());
    if (phase == Phase::Paused) snapshot.handBred = shownByHand_;
    snapshot.archiveHash = archiveHash_;
    return snapshot;
}

}  // namespace mergarium
