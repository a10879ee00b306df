#include "core/session/run_loop.h"

#include "core/archive/coverage.h"
#include "core/session/witness.h"
#include "core/store/database.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>

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
constexpr std::size_t kMostKnown = 4096;
/// While another program keeps the database locked, births wait in memory; more would be a run that nobody stores.
constexpr std::uint64_t kMostWaitingBirths = 20'000;

}  // namespace

RunLoop::RunLoop(const RunConfiguration& configuration, const RunPlace& place, const Announce& announce)
    : configuration_(configuration),
      place_(place),
      experiment_(prepare(configuration, place, announce)),
      scores_(experiment_.task->samples()->size()),
      scored_(scores_.size()) {}

std::unique_ptr<RunLoop> RunLoop::begin(const RunConfiguration& configuration, const RunPlace& place, const Announce& announce,
                                        const SweepArm& arm) {
    validate(configuration);
    std::unique_ptr<RunLoop> loop(new RunLoop(configuration, place, announce));
    auto& task = *loop->experiment_.task;
    const auto& founders = loop->experiment_.founders;

    RunDescription description{.id = {},
                               .configuration = configuration,
                               .founders = {},
                               .layout = task.layout(),
                               .samples = task.samples(),
                               .device = loop->experiment_.device};
    loop->strategy_ = makeStrategy(configuration, loop->experiment_,
                                   Archive(slotCount(configuration), loop->scores_.size(), configuration.competition, task.samples()->weights));
    std::vector<FounderRecord> records;
    for (const auto& founder : founders) {
        if (announce && !announce("Scoring founders", records.size(), founders.size())) throw Cancelled();
        MemberPtr member;
        double test = 0.0;
        try {
            member = loop->scoreFounder({records.size() + 1}, founder.genome);
            test = loop->testOf(*member).value_or(0.0);
        } catch (const EvaluationFailure& failure) {
            if (place.abandon && *place.abandon) throw Cancelled();
            throw std::runtime_error(fmt::format("The founder {} can't be scored: {}", founder.name, failure.what()));
        }
        loop->strategy_->settle(member);
        description.founders.push_back({member->id, founder.name, member->scores.mean(), test, founder.source, founder.hash});
        records.push_back({member, founder.name, founder.hash, test, founder.source, founder.bytes, std::nullopt});
    }
    for (std::size_t slot = 0; slot < loop->slots().size(); ++slot)
        if (const auto& member = loop->slots()[slot]) records.at(member->id.value - 1).slot = slot;
    loop->founders_ = records.size();
    loop->recorder_ = std::make_unique<RunRecorder>(
        RunRecorder::create(place.database, configuration, task.layout(), records, loop->experiment_.device, arm));
    description.id = loop->recorder_->run();
    loop->description_ = std::make_shared<const RunDescription>(std::move(description));
    loop->follow();
    loop->addProgress();
    loop->resumeClock();
    return loop;
}

std::unique_ptr<RunLoop> RunLoop::goOn(RunId run, const RunPlace& place, const Announce& announce) {
    {
        const auto snapshot = RunCatalog(place.database).snapshot(run);
        if (snapshot.phase == Phase::Finished)
            throw std::runtime_error(fmt::format("{}: run {} has finished; there is nothing to go on with.", place.database.string(), run.value));
    }
    // Held before it is read: nobody adds births in between.
    auto recorder = std::make_unique<RunRecorder>(RunRecorder::takeOver(place.database, run));
    auto point = RunCatalog(place.database).resumePoint(run);
    std::unique_ptr<RunLoop> loop(new RunLoop(point.snapshot.run->configuration, place, announce));
    auto& task = *loop->experiment_.task;
    const auto& founders = loop->experiment_.founders;
    const auto damaged = [&](const char* what) {
        return std::runtime_error(fmt::format("{}: {} of run {} doesn't fit this Mergarium's data; the run can't go on.", place.database.string(), what, run.value));
    };
    if (task.layout() != point.snapshot.run->layout) throw damaged("the layout");
    if (founders.size() != point.founders.size()) throw damaged("the number of founders");
    for (std::size_t k = 0; k < founders.size(); ++k)
        if (founders[k].hash != point.snapshot.run->founders[k].hash)
            throw std::runtime_error(fmt::format("{}: the founder has changed since run {} began; put the original back to go on.",
                                                 founders[k].source.base.empty() ? founders[k].name : founders[k].source.base.string(), run.value));

    std::map<MemberId, GenomePtr> genomes;
    for (const auto& [member, packed] : point.genomes) genomes[member] = loop->experiment_.breeding->unpack(packed);
    for (std::size_t k = 0; k < founders.size(); ++k) genomes[{k + 1}] = founders[k].genome;
    const auto withGenome = [&](const MemberPtr& bare, const GenomePtr& genome) {
        if (bare->scores.size() != loop->scores_.size()) throw damaged("a score list");
        if (!genome || genome->length() != task.layout().length()) throw damaged("a checkpoint");
        Member member = *bare;
        member.genome = genome;
        return std::make_shared<const Member>(std::move(member));
    };
    Archive archive(slotCount(loop->configuration_), loop->scores_.size(), loop->configuration_.competition, task.samples()->weights);
    for (std::size_t slot = 0; slot < point.slots.size(); ++slot)
        if (const auto& bare = point.slots[slot]) archive.place(slot, withGenome(bare, genomes[bare->id]));
    loop->strategy_ = makeStrategy(loop->configuration_, loop->experiment_, std::move(archive));
    if (!point.state.empty()) loop->strategy_->restore(point.state);
    for (const auto& birth : point.births) {
        DecidedBirth decided{.step = birth.step, .train = birth.train, .slot = birth.slot, .child = nullptr};
        if (birth.slot) decided.child = withGenome(birth.child, loop->breedAgain(birth));
        loop->strategy_->replay(decided);
    }

    loop->founders_ = point.founders.size();
    loop->recorder_ = std::move(recorder);
    loop->recorder_->recordEvent(point.snapshot.evaluations, "resumed", loop->experiment_.device);
    RunDescription description = *point.snapshot.run;
    description.samples = task.samples();
    description.device = loop->experiment_.device;
    loop->description_ = std::make_shared<const RunDescription>(std::move(description));

    loop->evaluations_ = loop->storedEvaluations_ = point.snapshot.evaluations;
    loop->checkpointed_ = point.step;
    loop->accepted_ = point.snapshot.accepted;
    loop->samplesScored_ = point.snapshot.samplesScored;
    loop->samplesSaved_ = point.snapshot.samplesSaved;
    loop->secondsBefore_ = point.snapshot.seconds;
    loop->curve_ = *point.snapshot.curve;
    loop->pairings_.assign(point.snapshot.pairings.begin(), point.snapshot.pairings.end());
    for (std::size_t slot = 0; slot < point.snapshot.members.size(); ++slot)
        if (const auto& test = point.snapshot.test[slot]) loop->tests_[point.snapshot.members[slot]->id] = *test;
    loop->follow();
    loop->resumeClock();
    return loop;
}

MemberPtr RunLoop::scoreFounder(MemberId id, GenomePtr genome) {
    auto& task = *experiment_.task;
    task.load(*genome);
    scoreAll(task, scores_);
    AnswersPtr answers;
    if (auto texts = task.answers(); !texts.empty()) answers = std::make_shared<const std::vector<std::string>>(std::move(texts));
    return std::make_shared<const Member>(
        Member{.id = id, .genome = std::move(genome), .scores = Scores(scores_), .parentage = std::nullopt, .born = 0, .answers = std::move(answers)});
}

/// The strategy knows who the parents were, also those that have left since: it proposes what it proposed then.
GenomePtr RunLoop::breedAgain(const StoredBirth& birth) {
    auto proposal = strategy_->propose(birth.step);
    const auto& parentage = birth.child->parentage;
    if (const auto* sampled = std::get_if<Sampled>(&proposal.how); sampled && !parentage) return sampled->genome;
    if (const auto* mating = proposal.mating(); mating && parentage && mating->first->id == parentage->first && mating->second->id == parentage->second) {
        experiment_.breeding->breed(*mating->first->genome, *mating->second->genome, parentage->splice);
        return experiment_.breeding->keep();
    }
    throw std::runtime_error(fmt::format("{}: member {} of the run was bred otherwise than this Mergarium would; the database is damaged, or it was "
                                         "written by another version or on another machine.",
                                         place_.database.string(), birth.child->id.value));
}

std::optional<double> RunLoop::testOf(const Member& member, const std::atomic<bool>* abandon) {
    if (const auto known = tests_.find(member.id); known != tests_.end()) return known->second;
    if (nothingHeldOut_) return std::nullopt;
    auto& task = *experiment_.task;
    const auto abandoned = [&] { return (abandon && *abandon) || (place_.abandon && *place_.abandon); };
    try {
        task.load(*member.genome);
        const auto score = task.testScore(abandon);
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

bool RunLoop::isCheap() const { return experiment_.task->batchCount() == 1 && !experiment_.task->samples()->hasTexts(); }

bool RunLoop::rejectsEarly() const { return configuration_.earlyRejection.value_or(experiment_.task->batchCount() > 1); }

/// Batches whose samples few can solve come first: there a child that is to be rejected falls behind soonest.
std::vector<std::size_t> RunLoop::batchOrder() const {
    const auto& task = *experiment_.task;
    std::vector<std::size_t> order(task.batchCount());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (order.size() < 2) return order;
    const auto& totals = strategy_->archive().niches().totals;
    std::vector<double> stake(order.size());
    for (const auto index : order) {
        for (const auto sample : task.batch(index)) stake[index] += 1.0 / (1.0 + totals[sample]);
        stake[index] /= static_cast<double>(task.batch(index).size());
    }
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t index) { return stake[index]; });
    return order;
}

RunLoop::Scoring RunLoop::scoreChild(const Genome& child, const std::atomic<bool>& abandon) {
    auto& task = *experiment_.task;
    const bool cheap = isCheap();
    const auto key = cheap ? std::string() : contentHash(child);
    if (const auto found = known_.find(key); !cheap && found != known_.end()) {
        samplesSaved_ += scores_.size();
        return {.scores = found->second.first, .answers = found->second.second, .scored = std::nullopt};
    }

    task.load(child);
    std::fill(scored_.begin(), scored_.end(), false);
    std::uint64_t count = 0;
    for (const auto index : batchOrder()) {
        if (abandon) return {.scores = {}, .answers = nullptr, .scored = std::nullopt, .abandoned = true};
        task.scoreBatch(index, scores_);
        for (const auto sample : task.batch(index)) scored_[sample] = true;
        count += task.batch(index).size();
        if (count == scores_.size() || !rejectsEarly() || !strategy_->isLost(scores_, scored_)) continue;
        for (std::size_t j = 0; j < scores_.size(); ++j)
            if (!scored_[j]) scores_[j] = 0.0f;
        samplesScored_ += count;
        samplesSaved_ += scores_.size() - count;
        return {.scores = Scores(scores_), .answers = nullptr, .scored = count};
    }
    samplesScored_ += count;
    Scoring scoring{.scores = Scores(scores_), .answers = nullptr, .scored = std::nullopt};
    if (auto texts = task.answers(); !texts.empty()) scoring.answers = std::make_shared<const std::vector<std::string>>(std::move(texts));
    if (!cheap) {
        if (known_.size() >= kMostKnown) known_.clear();
        known_[key] = {scoring.scores, scoring.answers};
    }
    return scoring;
}

StepOutcome RunLoop::step(const std::atomic<bool>& abandon) {
    follow(&abandon);
    if (abandon) return StepOutcome::Abandoned;
    addProgressWhenDue();
    auto proposal = strategy_->propose(evaluations_ + 1);
    const auto* mating = proposal.mating();
    const Genome& child = mating ? experiment_.breeding->breed(*mating->first->genome, *mating->second->genome, mating->splice)
                                 : *std::get<Sampled>(proposal.how).genome;
    try {
        auto scoring = scoreChild(child, abandon);
        if (scoring.abandoned) return StepOutcome::Abandoned;
        ++evaluations_;
        failuresInARow_ = 0;
        lastFailure_.clear();
        admit(std::move(proposal), std::move(scoring));
    } catch (const EvaluationFailure& failure) {
        if (abandon) return StepOutcome::Abandoned;
        ++evaluations_;
        ++failuresInARow_;
        lastFailure_ = failure.what();
        recordFailure(proposal, failure.what());
    }
    endStep(abandon);
    if (failuresInARow_ < kMostFailures) return StepOutcome::Done;
    failuresInARow_ = 0;
    lastFailure_ = fmt::format("{} models in a row could not be scored. The last: {}", kMostFailures, lastFailure_);
    return StepOutcome::Troubled;
}

void RunLoop::admit(Proposal proposal, Scoring scoring) {
    const MemberId child{founders_ + proposal.step};
    BirthRecord birth{.step = proposal.step, .train = scoring.scores.mean(), .scored = scoring.scored};
    if (const auto* mating = proposal.mating()) birth.parentage = Parentage{mating->first->id, mating->second->id, mating->splice};
    if (scoring.scored) {
        birth.train = scoring.scores.total() / static_cast<double>(*scoring.scored);
        strategy_->replay({.step = birth.step, .train = birth.train, .slot = std::nullopt, .child = nullptr});
        return record(std::move(birth), child);
    }

    // What a strategy samples is whole; what it mates lies with the breeding until it is kept.
    auto sampled = proposal.mating() ? nullptr : std::get<Sampled>(proposal.how).genome;
    const auto admission = strategy_->admit(std::move(proposal), {.id = child,
                                                                  .scores = std::move(scoring.scores),
                                                                  .genome = [&] { return sampled ? sampled : experiment_.breeding->keep(); },
                                                                  .answers = std::move(scoring.answers)});
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

void RunLoop::recordFailure(const Proposal& proposal, const std::string& why) {
    BirthRecord birth{.step = proposal.step, .failure = why};
    if (const auto* mating = proposal.mating()) birth.parentage = Parentage{mating->first->id, mating->second->id, mating->splice};
    strategy_->replay({.step = proposal.step, .train = 0.0, .slot = std::nullopt, .child = nullptr});
    recorder_->recordEvent(evaluations_, "child failed", why);
    record(std::move(birth), {founders_ + evaluations_});
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
                         .failure = birth.failure});
    recorder_->record(std::move(birth));
}

void RunLoop::endStep(const std::atomic<bool>& abandon) {
    follow(&abandon);
    addProgressWhenDue();
    storeWhenDue();
}

/// Tests the best member when it is a new one. What is abandoned is made up for at the next step.
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

/// A point waits for the test of the best member, should that have been abandoned: curves don't tell where a run was interrupted.
void RunLoop::addProgressWhenDue() {
    const bool due = evaluations_ % std::max<std::uint64_t>(1, configuration_.evaluations / kCurvePoints) == 0 || isFinished();
    const bool known = !curve_.empty() && curve_.back().step == evaluations_;
    if (due && !known && champion_ == best().id) addProgress();
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
}

void RunLoop::pauseClock() {
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
            .samplesScored = samplesScored_,
            .samplesSaved = samplesSaved_};
}

void RunLoop::storeWhenDue() {
    const std::uint64_t waiting = evaluations_ - storedEvaluations_;
    const auto now = Clock::now();
    const bool checkpoint = strategy_->canCheckpoint() && (evaluations_ - checkpointed_ >= kCheckpointInterval ||
                                                           (now - checkpointedAt_ > kCheckpointTime && evaluations_ > checkpointed_));
    if ((!checkpoint || !lockedBy_.empty()) && now - stored_ < kStoreInterval && (waiting < kBirthsPerStore || !lockedBy_.empty())) return;
    stored_ = now;
    try {
        flush(Phase::Running, checkpoint);
        lockedBy_.clear();
    } catch (const StoreBusy& busy) {
        if (waiting >= kMostWaitingBirths) throw;
        lockedBy_ = fmt::format("{} {} births wait in memory.", busy.what(), waiting);
    }
}

void RunLoop::flush(Phase phase, bool checkpoint) {
    std::vector<std::byte> state;
    std::optional<CheckpointRecord> record;
    if (checkpoint) {
        state = strategy_->state();
        record.emplace(CheckpointRecord{strategy_->archive(), state});
    }
    recorder_->flush(standing(phase), record);
    storedEvaluations_ = evaluations_;
    if (!checkpoint) return;
    checkpointed_ = evaluations_;
    checkpointedAt_ = Clock::now();
}

void RunLoop::store(Phase phase) {
    if (phase == Phase::Finished) {
        follow();
        addProgressWhenDue();
    }
    if (phase == Phase::Finished && isCheap())
        for (const auto& member : slots())
            if (member) testOf(*member);
    const bool ends = phase == Phase::Finished || phase == Phase::Stopped;
    if (ends) archiveHash_ = archiveHash(slots());
    // A finished run isn't gone on with, but looked at: its genomes are kept in any case.
    flush(phase, phase == Phase::Finished || (ends && strategy_->canCheckpoint()));
}

void RunLoop::storeFailure(const std::string& sentence) {
    auto last = standing(Phase::Failed);
    last.message = sentence;
    recorder_->recordEvent(evaluations_, "failed", sentence);
    recorder_->flush(last);
}

SessionSnapshot RunLoop::snapshot(Phase phase) {
    const auto& archive = strategy_->archive();
    if (!publishedCurve_) publishedCurve_ = std::make_shared<const std::vector<ProgressPoint>>(curve_);
    SessionSnapshot snapshot;
    snapshot.phase = phase;
    snapshot.message = lockedBy_.empty() ? lastFailure_ : lockedBy_;
    snapshot.run = description_;
    snapshot.evaluations = evaluations_;
    snapshot.budget = configuration_.evaluations;
    snapshot.accepted = accepted_;
    snapshot.seconds = seconds();
    snapshot.samplesScored = samplesScored_;
    snapshot.samplesSaved = samplesSaved_;
    snapshot.evaluationsPerSecond = phase == Phase::Running ? rate_.read(Clock::now(), evaluations_) : 0.0;
    snapshot.members = archive.slots();
    snapshot.fitness = archive.fitness();
    snapshot.test.resize(snapshot.members.size());
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
        if (snapshot.members[slot])
            if (const auto known = tests_.find(snapshot.members[slot]->id); known != tests_.end()) snapshot.test[slot] = known->second;
    snapshot.curve = publishedCurve_;
    snapshot.pairings.assign(pairings_.begin(), pairings_.end());
    snapshot.archiveHash = archiveHash_;
    return snapshot;
}

}  // namespace mergarium
