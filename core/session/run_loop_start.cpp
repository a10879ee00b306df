// How a run begins, and how it is gone on with.
#include "core/session/run_loop.h"

#include "core/cluster/cluster_evaluator.h"
#include "core/evaluation/lane.h"
#include "core/evaluation/local_evaluator.h"
#include "core/session/changed_configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

/// Those of a stored run, and one more that joins it now.
std::vector<JoinedFounder> joinedFounders(const ResumePoint& point, const std::optional<CheckpointFounder>& next) {
    std::vector<JoinedFounder> joined;
    for (const auto& founder : point.snapshot.run->founders) {
        if (founder.joined == 0) continue;
        const auto packed = point.genomes.find(founder.id);
        const bool isKept = founder.source.base.empty() && packed != point.genomes.end();
        joined.push_back({.source = founder.source,
                          .packed = isKept ? packed->second : std::vector<std::byte>(),
                          .name = founder.name});
    }
    const auto whole = [](const std::filesystem::path& path) {
        return path.empty() ? path : std::filesystem::absolute(path).lexically_normal();
    };
    if (next) {
        CheckpointFounder source{.base = whole(next->base), .adapter = {}};
        for (const auto& [path, weight] : next->adapter.all()) source.adapter.add({whole(path), weight});
        joined.push_back({.source = std::move(source)});
    }
    return joined;
}

}  // namespace

RunLoop::RunLoop(const RunConfiguration& configuration, const RunPlace& place, const Announce& announce, Hashes hashes,
                 std::span<const JoinedFounder> joined)
    : configuration_(configuration),
      place_(place),
      experiment_(prepare(configuration, place, announce, hashes, joined)),
      samples_(experiment_.task->samples()),
      layout_(experiment_.task->layout()),
      cheap_(isCheap(*experiment_.task)),
      joinedNow_(joined.size()) {}

Archive RunLoop::emptyArchive(const RunConfiguration& configuration) const {
    const auto traits = traitsOf(configuration.strategy);
    return Archive(traits.slots, samples_->size(), traits.competition, samples_->weights);
}

void RunLoop::openEvaluator() {
    const bool rejectsEarly =
        traitsOf(configuration_.strategy).earlyRejection.value_or(experiment_.task->batchCount() > 1);
    if (place_.workers) {
        evaluator_ = clusterEvaluator({.settings = *place_.workers,
                                       .run = offerOf(configuration_, experiment_, joinedNow_, place_.workers->version),
                                       .samples = samples_->size(),
                                       .genomeBytes = experiment_.gram ? 0 : layout_.length() * sizeof(float),
                                       .lookahead = strategy_->lookahead(),
                                       .cheap = cheap_,
                                       .whileWaiting = place_.whileWaiting},
                                      *experiment_.breeding, known_);
        open_.emplace(*strategy_, *evaluator_, known_, rejectsEarly, samples_->size());
        return;
    }
    const auto lanes = lanesFor(place_, experiment_, strategy_->lookahead());
    evaluator_ = localEvaluator({.lanes = lanes,
                                 .threadsPerLane = std::max<std::size_t>(1, experiment_.threads / lanes),
                                 .device = experiment_.device,
                                 .useThreads = experiment_.useThreads,
                                 .task = std::move(experiment_.task),
                                 .makeTask = experiment_.makeTask},
                                *experiment_.breeding, known_);
    open_.emplace(*strategy_, *evaluator_, known_, rejectsEarly, samples_->size());
}

std::unique_ptr<RunLoop> RunLoop::begin(const RunConfiguration& configuration, const RunPlace& place,
                                        const Announce& announce, const SweepArm& arm) {
    validate(configuration);
    std::unique_ptr<RunLoop> loop(new RunLoop(configuration, place, announce, Hashes::All));
    const auto& founders = loop->experiment_.founders;

    RunDescription description{.id = {},
                               .configuration = configuration,
                               .founders = {},
                               .layout = loop->layout_,
                               .genes = loop->experiment_.genes,
                               .samples = loop->samples_,
                               .samplesHash = loop->samples_->hash,
                               .sampleWeights = loop->samples_->weights,
                               .genomes = loop->experiment_.gram ? GenomeKind::Recipe : GenomeKind::Dense,
                               .device = {},
                               .caution = loop->experiment_.caution};
    loop->strategy_ = makeStrategy(configuration, loop->experiment_, loop->emptyArchive(configuration));
    loop->openEvaluator();
    description.device = loop->evaluator_->device();
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
        description.founders.push_back(
            {member->id, founder.name, member->scores.mean(), test, founder.source, founder.hash});
        records.push_back({member, founder.name, founder.hash, test, founder.source, founder.bytes, std::nullopt});
    }
    for (std::size_t slot = 0; slot < loop->slots().size(); ++slot)
        if (const auto& member = loop->slots()[slot]) records.at(member->id.value - 1).slot = slot;
    loop->founders_ = records.size();
    loop->recorder_ = std::make_unique<RunRecorder>(RunRecorder::create(place.database, description, records, arm));
    description.id = loop->recorder_->run();
    loop->description_ = std::make_shared<const RunDescription>(std::move(description));
    loop->bringUpToDate();
    loop->resumeClock();
    return loop;
}

MemberPtr RunLoop::scoreFounder(MemberId id, const GenomePtr& genome) {
    static constexpr std::atomic<bool> kNever = false;
    evaluator_->submit({.step = id.value, .model = genome});
    auto evaluated = evaluator_->next(place_.abandon ? *place_.abandon : kNever);
    if (!evaluated) throw Cancelled();
    if (const auto* failed = std::get_if<Failed>(&evaluated->result)) throw EvaluationFailure(failed->why);
    auto& scored = std::get<Scored>(evaluated->result);
    return std::make_shared<const Member>(Member{.id = id,
                                                 .genome = genome,
                                                 .scores = std::move(scored.scores),
                                                 .parentage = std::nullopt,
                                                 .born = 0,
                                                 .answers = std::move(scored.answers),
                                                 .pictures = std::move(scored.pictures)});
}

std::unique_ptr<RunLoop> RunLoop::goOn(RunId run, const RunPlace& place, const Announce& announce, const GoingOn& how) {
    // Before anything is touched.
    if (const auto program = programOf(RunCatalog(place.database).configuration(run)))
        requireTrust(*program, place.mayStart);
    // Held before it is read: nobody adds births in between.
    auto recorder = std::make_unique<RunRecorder>(
        RunRecorder::takeOver(place.database, run, how.damaged, how.changesIt() ? TakenTo::Change : TakenTo::GoOn));
    const RunCatalog catalog(place.database);
    auto point = catalog.resumePoint(run);
    const auto stored = point.snapshot.run;
    const auto configuration = how.changesIt() ? changed(*stored, how) : stored->configuration;
    std::unique_ptr<RunLoop> loop(
        new RunLoop(configuration, place, announce, how.hashes, joinedFounders(point, how.founder)));
    loop->checkUnchanged(*stored);
    for (std::size_t k = 0; k < stored->founders.size(); ++k)
        if (const auto step = stored->founders[k].joined) loop->joined_[step] = k;
    // A run that ended within a block has its checkpoint there: everybody is bred again.
    if (!loop->rebuildArchive(point)) {
        point = catalog.resumePoint(run, GoOnFrom::Founders);
        loop->rebuildArchive(point);
    }
    const auto seating = loop->replay(point);
    loop->openEvaluator();
    loop->takeOverFigures(point);
    std::optional<Newcomer> newcomer;
    if (how.founder) newcomer = loop->scoreNewcomer();
    if (how.changesIt()) loop->storeChange(*recorder, stored->configuration, seating);
    loop->recorder_ = std::move(recorder);
    loop->recorder_->recordEvent(loop->evaluations_, "resumed", loop->evaluator_->device());
    if (newcomer) loop->seat(*newcomer);
    loop->bringUpToDate();
    loop->resumeClock();
    return loop;
}

std::runtime_error RunLoop::damaged(std::string_view what, RunId run) const {
    return std::runtime_error(fmt::format("{}: {} of run {} doesn't fit this Mergarium's data; the run can't go on.",
                                          place_.database.string(), what, run.value));
}

void RunLoop::checkUnchanged(const RunDescription& stored) const {
    const auto& founders = experiment_.founders;
    if (layout_ != stored.layout) {
        if (founders.size() > stored.founders.size())
            throw std::runtime_error(
                fmt::format("The founder {} doesn't fit those of run {}: with it, other tensors would be merged.",
                            founders.back().name, stored.id.value));
        throw damaged("the layout", stored.id);
    }
    const bool cutsElements = !experiment_.genes && !stored.genes;
    if (!cutsElements && !(experiment_.genes && stored.genes && *experiment_.genes == *stored.genes))
        throw damaged("what is inherited whole", stored.id);
    if (founders.size() < stored.founders.size()) throw damaged("the number of founders", stored.id);
    if (!stored.samplesHash.empty() && stored.samplesHash != samples_->hash)
        throw std::runtime_error(fmt::format(
            "{}: the samples that run {} is scored on have changed since it began, or the chat template around "
            "them has; put the original files back to go on.",
            place_.database.string(), stored.id.value));
    for (std::size_t k = 0; k < stored.founders.size(); ++k)
        if (founders[k].hash != stored.founders[k].hash)
            throw std::runtime_error(
                fmt::format("{}: the founder has changed since run {} began; put the original back to go on.",
                            founders[k].source.base.empty() ? founders[k].name : founders[k].source.base.string(),
                            stored.id.value));
}

MemberPtr RunLoop::withGenome(const MemberPtr& bare, const GenomePtr& genome, const ResumePoint& point) const {
    const auto run = point.snapshot.run->id;
    if (bare->scores.size() != samples_->size()) throw damaged("a score list", run);
    if (!genome || genome->length() != layout_.length()) throw damaged("a checkpoint", run);
    Member member = *bare;
    member.genome = genome;
    const auto& latest = point.snapshot.members;
    const auto known = std::ranges::find_if(latest, [&](const auto& one) { return one && one->id == bare->id; });
    if (known != latest.end()) {
        member.answers = (*known)->answers;
        member.pictures = (*known)->pictures;
    }
    return std::make_shared<const Member>(std::move(member));
}

bool RunLoop::rebuildArchive(const ResumePoint& point) {
    const auto run = point.snapshot.run->id;
    if (point.founders.size() > experiment_.founders.size()) throw damaged("the number of founders", run);
    std::map<MemberId, GenomePtr> genomes;
    for (const auto& [member, packed] : point.genomes) genomes[member] = experiment_.breeding->unpack(packed);
    for (std::size_t k = 0; k < point.founders.size(); ++k) genomes[{k + 1}] = experiment_.founders[k].genome;
    for (const auto& [step, k] : joined_) genomes[{point.founders.size() + step}] = experiment_.founders[k].genome;

    const auto& then = configurationAt(point, point.step + 1);
    auto archive = emptyArchive(then);
    for (std::size_t slot = 0; slot < point.slots.size(); ++slot) {
        const auto& bare = point.slots[slot];
        if (bare && slot >= archive.slots().size()) throw damaged("the size of the archive", run);
        if (bare) archive.place(slot, withGenome(bare, genomes[bare->id], point));
    }
    strategy_ = makeStrategy(then, experiment_, std::move(archive));
    if (!strategy_->canCheckpoint(point.step)) return false;
    if (!point.state.empty()) strategy_->restore(point.state);
    return true;
}

std::vector<MemberId> RunLoop::replay(const ResumePoint& point) {
    auto change = std::ranges::find_if(point.changes, [&](const auto& one) { return one.step > point.step; });
    const auto enter = [&](std::uint64_t step) {
        for (; change != point.changes.end() && change->step < step; ++change) {
            const auto next = std::next(change);
            changeStrategy(next == point.changes.end() ? point.snapshot.run->configuration : next->before,
                           change->seating);
        }
    };
    for (const auto& birth : point.births) {
        enter(birth.step);
        DecidedBirth decided{.step = birth.step, .train = birth.train, .slot = birth.slot, .child = nullptr};
        if (birth.slot) decided.child = withGenome(birth.child, breedAgain(birth), point);
        strategy_->replay(decided);
    }
    enter(point.snapshot.evaluations + 1);
    // What is changed just now is no event yet.
    if (configuration_.strategy == point.snapshot.run->configuration.strategy) return {};
    auto seating = seatingFor(configuration_);
    changeStrategy(configuration_, seating);
    return seating;
}

void RunLoop::takeOverFigures(const ResumePoint& point) {
    const auto& stored = point.snapshot;
    RunDescription description = *stored.run;
    description.configuration = configuration_;
    description.samples = samples_;
    description.sampleWeights = samples_->weights;
    description.device = evaluator_->device();
    description.caution = experiment_.caution;
    description_ = std::make_shared<const RunDescription>(std::move(description));
    founders_ = point.founders.size();
    evaluations_ = storedEvaluations_ = stored.evaluations;
    checkpointed_ = point.step;
    accepted_ = stored.accepted;
    open_->goOnFrom({.scored = stored.samplesScored, .saved = stored.samplesSaved});
    secondsBefore_ = stored.seconds;
    curve_ = *stored.curve;
    pairings_.assign(stored.pairings.begin(), stored.pairings.end());
    for (std::size_t slot = 0; slot < stored.members.size(); ++slot)
        if (const auto& test = stored.test[slot]) tests_[stored.members[slot]->id] = *test;
}

/// The strategy knows who the parents were, also those that have left since: it proposes what it proposed then.
GenomePtr RunLoop::breedAgain(const StoredBirth& birth) {
    auto proposal = strategy_->propose(birth.step);
    const auto& parentage = birth.child->parentage;
    if (const auto* founder = joinedAt(birth.step); founder && !parentage) return founder->genome;
    if (birth.origin == BirthOrigin::ByHand && parentage)
        if (auto genome = breedByHandAgain(*parentage)) return genome;
    if (const auto* sampled = std::get_if<Sampled>(&proposal.how); sampled && !parentage) return sampled->genome;
    if (const auto* mating = proposal.mating(); mating && parentage && mating->first->id == parentage->first &&
                                                mating->second->id == parentage->second &&
                                                mating->splice == parentage->splice) {
        return experiment_.breeding->keep(
            experiment_.breeding->breed(*mating->first->genome, *mating->second->genome, parentage->splice));
    }
    throw std::runtime_error(fmt::format(
        "{}: member {} of the run was bred otherwise than this Mergarium would; the database is damaged, or it was "
        "written by another version or on another machine.",
        place_.database.string(), birth.child->id.value));
}

}  // namespace mergarium
