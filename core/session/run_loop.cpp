#include "core/session/run_loop.h"

#include "core/archive/coverage.h"
#include "core/session/witness.h"
#include "core/store/database.h"
#include "core/store/run_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr std::uint64_t kCurvePoints = 1000;
// Births are stored after this time or number, whichever comes first: what a kill loses is bred again in that time.
constexpr std::chrono::seconds kStoreInterval{1};
constexpr std::uint64_t kBirthsPerStore = 1000;
/// Going on after a kill breeds at most this many children again; breeding costs a few percent of scoring.
constexpr std::uint64_t kCheckpointInterval = 2500;
/// While another program keeps the database locked, births wait in memory; more would be a run that nobody stores.
constexpr std::uint64_t kMostWaitingBirths = 20'000;

}  // namespace

RunLoop::RunLoop(const RunConfiguration& configuration, const RunPlace& place)
    : configuration_(configuration),
      place_(place),
      experiment_(prepare(configuration, place.resources, place.threads)),
      scores_(experiment_.task->samples()->size()) {}

std::unique_ptr<RunLoop> RunLoop::begin(const RunConfiguration& configuration, const RunPlace& place) {
    validate(configuration);
    std::unique_ptr<RunLoop> loop(new RunLoop(configuration, place));
    auto& task = *loop->experiment_.task;

    RunDescription description{.id = {},
                               .configuration = configuration,
                               .founders = {},
                               .layout = task.layout(),
                               .samples = task.samples(),
                               .device = loop->experiment_.device};
    Archive archive(configuration.archive, loop->scores_.size(), configuration.competition);
    std::vector<FounderRecord> records;
    for (auto& founder : foundersOf(configuration, place.resources)) {
        const auto member = loop->score({records.size() + 1}, founder.genome);
        const double test = loop->testOf(*member);
        archive.place(records.size(), member);
        description.founders.push_back({member->id, founder.name, member->scores.mean(), test});
        records.push_back({member, founder.name, contentHash(*founder.genome), test});
    }
    loop->founders_ = records.size();
    loop->strategy_ = makeStrategy(configuration, task.layout().length(), std::move(archive));
    loop->recorder_ = std::make_unique<RunRecorder>(
        RunRecorder::create(place.database, configuration, task.layout(), records, loop->experiment_.device));
    description.id = loop->recorder_->run();
    loop->description_ = std::make_shared<const RunDescription>(std::move(description));
    loop->follow();
    loop->addProgress();
    loop->resumeClock();
    return loop;
}

std::unique_ptr<RunLoop> RunLoop::goOn(RunId run, const RunPlace& place) {
    {
        const auto snapshot = RunCatalog(place.database).snapshot(run);
        if (snapshot.phase == Phase::Finished)
            throw std::runtime_error(fmt::format("{}: run {} has finished; there is nothing to go on with.", place.database.string(), run.value));
    }
    // Held before it is read: nobody adds births in between.
    auto recorder = std::make_unique<RunRecorder>(RunRecorder::takeOver(place.database, run));
    auto point = RunCatalog(place.database).resumePoint(run);
    std::unique_ptr<RunLoop> loop(new RunLoop(point.snapshot.run->configuration, place));
    auto& task = *loop->experiment_.task;
    const auto damaged = [&](const char* what) {
        return std::runtime_error(fmt::format("{}: {} of run {} doesn't fit this Mergarium's data; the run can't go on.", place.database.string(), what, run.value));
    };
    if (task.layout() != point.snapshot.run->layout) throw damaged("the layout");

    Archive archive(loop->configuration_.archive, loop->scores_.size(), loop->configuration_.competition);
    std::map<MemberId, GenomePtr> genomes;
    const auto settle = [&](std::size_t slot, MemberPtr member) {
        if (member->scores.size() != loop->scores_.size()) throw damaged("a score list");
        if (!member->genome || member->genome->length() != task.layout().length()) throw damaged("a checkpoint");
        if (const auto& left = archive.slots()[slot]) genomes.erase(left->id);
        genomes[member->id] = member->genome;
        archive.place(slot, std::move(member));
    };
    for (std::size_t slot = 0; slot < point.slots.size(); ++slot)
        if (point.slots[slot]) settle(slot, point.slots[slot]);
    for (const auto& [slot, birth] : point.births) settle(slot, loop->breedAgain(birth, genomes));

    loop->founders_ = point.founders.size();
    loop->strategy_ = makeStrategy(loop->configuration_, task.layout().length(), std::move(archive));
    loop->recorder_ = std::move(recorder);
    loop->recorder_->recordEvent(point.snapshot.evaluations, "resumed", loop->experiment_.device);
    RunDescription description = *point.snapshot.run;
    description.samples = task.samples();
    description.device = loop->experiment_.device;
    loop->description_ = std::make_shared<const RunDescription>(std::move(description));

    loop->evaluations_ = loop->storedEvaluations_ = point.snapshot.evaluations;
    loop->checkpointed_ = point.step;
    loop->accepted_ = point.snapshot.accepted;
    loop->secondsBefore_ = point.snapshot.seconds;
    loop->curve_ = *point.snapshot.curve;
    loop->pairings_.assign(point.snapshot.pairings.begin(), point.snapshot.pairings.end());
    for (std::size_t slot = 0; slot < point.snapshot.members.size(); ++slot)
        if (const auto& test = point.snapshot.test[slot]) loop->tests_[point.snapshot.members[slot]->id] = *test;
    loop->follow();
    loop->resumeClock();
    return loop;
}

MemberPtr RunLoop::score(MemberId id, GenomePtr genome) {
    auto& task = *experiment_.task;
    genome->materialize(task.parameters());
    task.parametersChanged();
    scoreAll(task, scores_);
    return std::make_shared<const Member>(
        Member{.id = id, .genome = std::move(genome), .scores = Scores(scores_), .parentage = std::nullopt, .born = 0});
}

MemberPtr RunLoop::breedAgain(const Member& birth, const std::map<MemberId, GenomePtr>& genomes) {
    const auto& parentage = *birth.parentage;
    const auto first = genomes.find(parentage.first);
    const auto second = genomes.find(parentage.second);
    if (first == genomes.end() || second == genomes.end())
        throw std::runtime_error(fmt::format("{}: the parents of member {} are missing; the database is damaged.",
                                             place_.database.string(), birth.id.value));
    auto& task = *experiment_.task;
    experiment_.breeding->breed(*first->second, *second->second, parentage.splice, task.parameters());
    Member member = birth;
    member.genome = experiment_.breeding->keep(task.parameters());
    return std::make_shared<const Member>(std::move(member));
}

double RunLoop::testOf(const Member& member) {
    if (const auto known = tests_.find(member.id); known != tests_.end()) return known->second;
    auto& task = *experiment_.task;
    member.genome->materialize(task.parameters());
    task.parametersChanged();
    const double score = task.testScore();
    tests_[member.id] = score;
    if (recorder_) recorder_->recordTest(member.id, score);
    return score;
}

void RunLoop::step(const std::atomic<bool>& abandon) {
    auto& task = *experiment_.task;
    auto mating = strategy_->propose(evaluations_ + 1);
    experiment_.breeding->breed(*mating.first->genome, *mating.second->genome, mating.splice, task.parameters());
    task.parametersChanged();
    for (std::size_t batch = 0; batch < task.batchCount(); ++batch) {
        if (abandon) return;
        task.scoreBatch(batch, scores_);
    }

    Scores scores(scores_);
    const MemberId child{founders_ + mating.step};
    const double train = scores.mean();
    const Parentage parentage{mating.first->id, mating.second->id, mating.splice};
    const auto admission = strategy_->admit(std::move(mating), {.id = child, .scores = std::move(scores), .genome = [&] {
                                                return experiment_.breeding->keep(task.parameters());
                                            }});
    ++evaluations_;
    record(parentage, admission, child, train);
    if (admission.accepted()) {
        ++accepted_;
        if (admission.replaced) tests_.erase(admission.replaced->id);
        follow();
    }
    if (evaluations_ % std::max<std::uint64_t>(1, configuration_.evaluations / kCurvePoints) == 0 || isFinished()) addProgress();
    storeWhenDue();
}

void RunLoop::record(const Parentage& parentage, const Admission& admission, MemberId child, double train) {
    std::optional<MemberId> replaced;
    if (admission.replaced) replaced = admission.replaced->id;
    recorder_->record({.step = evaluations_,
                       .parentage = parentage,
                       .train = train,
                       .fitness = admission.fitness,
                       .slot = admission.slot,
                       .replaced = replaced,
                       .child = admission.slot ? slots()[*admission.slot] : nullptr,
                       .seconds = seconds()});
    if (pairings_.size() == SessionSnapshot::kPairingsKept) pairings_.pop_front();
    pairings_.push_back({.step = evaluations_,
                         .first = parentage.first,
                         .second = parentage.second,
                         .child = child,
                         .childTrain = train,
                         .accepted = admission.accepted(),
                         .replaced = replaced});
}

void RunLoop::follow() {
    const auto& now = best();
    if (now.id == champion_) return;
    champion_ = now.id;
    testOf(now);
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
                      .bestTest = tests_.at(champion_),
                      .coverage = spread.coverage,
                      .disagreement = spread.disagreement});
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
            .bestTest = tests_.at(champion_),
            .archiveHash = archiveHash_};
}

void RunLoop::storeWhenDue() {
    const std::uint64_t waiting = evaluations_ - storedEvaluations_;
    const auto now = Clock::now();
    if (now - stored_ < kStoreInterval && (waiting < kBirthsPerStore || !lockedBy_.empty())) return;
    stored_ = now;
    try {
        flush(Phase::Running, evaluations_ - checkpointed_ >= kCheckpointInterval);
        lockedBy_.clear();
    } catch (const StoreBusy& busy) {
        if (waiting >= kMostWaitingBirths) throw;
        lockedBy_ = fmt::format("{} {} births wait in memory.", busy.what(), waiting);
    }
}

void RunLoop::flush(Phase phase, bool checkpoint) {
    recorder_->flush(standing(phase), checkpoint ? &strategy_->archive() : nullptr);
    storedEvaluations_ = evaluations_;
    if (checkpoint) checkpointed_ = evaluations_;
}

void RunLoop::store(Phase phase) {
    if (phase == Phase::Finished)
        for (const auto& member : slots())
            if (member) testOf(*member);
    const bool ends = phase == Phase::Finished || phase == Phase::Stopped;
    if (ends) archiveHash_ = archiveHash(slots());
    flush(phase, ends);
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
    snapshot.message = lockedBy_;
    snapshot.run = description_;
    snapshot.evaluations = evaluations_;
    snapshot.budget = configuration_.evaluations;
    snapshot.accepted = accepted_;
    snapshot.seconds = seconds();
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
