// A run that goes on otherwise than before: with other parameters, or with one founder more.
#include "core/session/changed_configuration.h"
#include "core/session/run_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mergarium {

const RunConfiguration& RunLoop::configurationAt(const ResumePoint& point, std::uint64_t step) const {
    const auto next = std::ranges::find_if(point.changes, [&](const StoredChange& one) { return one.step >= step; });
    return next == point.changes.end() ? point.snapshot.run->configuration : next->before;
}

std::vector<MemberId> RunLoop::seatingFor(const RunConfiguration& configuration) const {
    const auto count = traitsOf(configuration.strategy).slots;
    if (count >= slots().size()) return {};
    std::vector<MemberId> seating(count);
    const auto stay = thoseThatStay(strategy_->archive(), count);
    std::ranges::transform(stay, seating.begin(), [](const MemberPtr& member) { return member->id; });
    return seating;
}

void RunLoop::changeStrategy(const RunConfiguration& configuration, std::span<const MemberId> seating) {
    auto archive = emptyArchive(configuration);
    if (seating.empty()) {
        for (std::size_t slot = 0; slot < slots().size(); ++slot)
            if (slots()[slot]) archive.place(slot, slots()[slot]);
    }
    for (std::size_t slot = 0; slot < seating.size(); ++slot) {
        if (seating[slot].value == 0) continue;
        auto member = memberOf(seating[slot]);
        if (!member || slot >= archive.slots().size())
            throw std::runtime_error(
                fmt::format("{}: the database is damaged: member {} got a seat that it can't have had.",
                            place_.database.string(), seating[slot].value));
        archive.place(slot, std::move(member));
    }
    const auto state = strategy_->state();
    strategy_ = makeStrategy(configuration, experiment_, std::move(archive));
    if (!state.empty()) strategy_->restore(state);
}

/// Of an archive that has become smaller no earlier checkpoint tells anything.
void RunLoop::storeChange(RunRecorder& recorder, const RunConfiguration& before, std::span<const MemberId> seating) {
    const auto state = strategy_->state();
    std::optional<CheckpointRecord> checkpoint;
    if (!seating.empty() && strategy_->canCheckpoint(evaluations_))
        checkpoint.emplace(CheckpointRecord{strategy_->archive(), state});
    recorder.change(before, configuration_, seating, checkpoint);
    if (checkpoint) checkpointed_ = evaluations_;
}

const Founder* RunLoop::joinedAt(std::uint64_t step) const {
    const auto found = joined_.find(step);
    return found == joined_.end() ? nullptr : &experiment_.founders[found->second];
}

RunLoop::Newcomer RunLoop::scoreNewcomer() {
    const auto& founder = experiment_.founders.back();
    if (isFinished())
        throw std::runtime_error(fmt::format(
            "A founder that joins run {} takes one evaluation, and its budget of {} is used up; extend the run as "
            "well.",
            description_->id.value, configuration_.evaluations));
    static constexpr std::atomic<bool> kNever = false;
    const auto& abandon = place_.abandon ? *place_.abandon : kNever;
    auto open = open_->byHand({evaluations_ + 1, Sampled{founder.genome}}, abandon);
    if (!open) throw Cancelled();
    if (const auto* failed = std::get_if<Failed>(&open->outcome))
        throw std::runtime_error(fmt::format("The founder {} can't be scored: {}", founder.name, failed->why));
    auto& scored = std::get<Scored>(open->outcome);
    Newcomer newcomer{.member = nullptr, .verdict = strategy_->judgeFounder(scored.scores).value()};
    if (!newcomer.verdict.slot)
        throw std::runtime_error(
            fmt::format("The founder {} scores {:.1f} %, and a better member sits in the one place where it could; the "
                        "run stays as it is.",
                        founder.name, 100.0 * scored.scores.mean()));
    try {
        newcomer.test = evaluator_->test(founder.genome, &abandon);
    } catch (const EvaluationFailure&) {
        // It is tested again when it becomes the best.
    }
    newcomer.member = std::make_shared<const Member>(Member{.id = {founders_ + evaluations_ + 1},
                                                            .genome = founder.genome,
                                                            .scores = std::move(scored.scores),
                                                            .parentage = std::nullopt,
                                                            .born = evaluations_ + 1,
                                                            .answers = std::move(scored.answers),
                                                            .pictures = std::move(scored.pictures)});
    return newcomer;
}

/// Just as the run is repeated: what was decided here is stored, and never decided again.
void RunLoop::seat(const Newcomer& newcomer) {
    const auto& founder = experiment_.founders.back();
    const auto& [member, verdict, test] = newcomer;
    const auto step = ++evaluations_;
    BirthRecord birth{.step = step,
                      .train = member->scores.mean(),
                      .fitness = verdict.fitness,
                      .slot = verdict.slot,
                      .child = member,
                      .origin = BirthOrigin::Founder};
    if (const auto& leaves = slots()[*verdict.slot]) {
        birth.replaced = leaves->id;
        tests_.erase(leaves->id);
    }
    strategy_->replay({.step = step, .train = birth.train, .slot = verdict.slot, .child = member});
    ++accepted_;
    joined_[step] = experiment_.founders.size() - 1;
    RunDescription description = *description_;
    description.founders.push_back({.id = member->id,
                                    .name = founder.name,
                                    .train = birth.train,
                                    .test = test.value_or(0.0),
                                    .source = founder.source,
                                    .hash = founder.hash,
                                    .joined = step});
    description_ = std::make_shared<const RunDescription>(std::move(description));
    recorder_->recordFounder({.member = member,
                              .name = founder.name,
                              .hash = founder.hash,
                              .test = test.value_or(0.0),
                              .source = founder.source,
                              .bytes = founder.bytes,
                              .joined = step});
    recorder_->recordEvent(step, std::string(kFounderJoined), founder.name);
    if (test) {
        tests_[member->id] = *test;
        recorder_->recordTest(member->id, *test);
    }
    record(std::move(birth), member->id);
    flush(Phase::Running, strategy_->canCheckpoint(step));
}

}  // namespace mergarium
