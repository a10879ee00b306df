// A child that a person asks for.
#include "core/session/run_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mergarium {

MemberPtr RunLoop::memberOf(MemberId id) const {
    const auto found = std::ranges::find_if(slots(), [&](const MemberPtr& one) { return one && one->id == id; });
    return found == slots().end() ? nullptr : *found;
}

std::string RunLoop::objectionTo(const Parentage& wish) {
    if (isFinished())
        return fmt::format("The budget of {} evaluations is used up; extend the run to breed another child.",
                           configuration_.evaluations);
    if (recorder_->isInSweep())
        return "A run of a sweep must differ from the others by its arm alone; breed in a run of its own.";
    if (!strategy_->judge(best().scores))
        return "This run's strategy takes in nothing but what it proposes itself; breed in a run of m2n2.";
    for (const auto parent : {wish.first, wish.second})
        if (!memberOf(parent)) return fmt::format("There is no member {} in the archive.", parent.value);
    if (wish.first == wish.second)
        return fmt::format("A child of member {} and itself would be member {}; choose two.", wish.first.value,
                           wish.first.value);
    const auto& splice = wish.splice;
    auto cuts = splice.cuts;
    cuts.push_back({splice.splits, splice.ratio});
    for (const auto& [splits, ratio] : cuts) {
        if (!(ratio >= 0.0 && ratio <= 1.0)) return fmt::format("The mixing ratio {} is not between 0 and 1.", ratio);
        if (!std::ranges::is_sorted(splits) || (!splits.empty() && splits.back() >= lociOf(*description_)))
            return fmt::format("Split points must ascend and lie below {}, the number of {}.", lociOf(*description_),
                               description_->genes ? "genes" : "parameters");
    }
    if (!splice.chromosomes) return {};
    const auto own = chromosomesOf(traitsOf(configuration_.strategy).chromosomes, layout_);
    if (!own || *own != *splice.chromosomes || splice.cuts.size() != own->size())
        return "These chromosomes aren't the run's; breed with those that it has, or with none.";
    return {};
}

void RunLoop::breedByHand(const Parentage& wish, const std::atomic<bool>& abandon) {
    dropByHand();
    HandBred bred{.parentage = wish};
    bred.failure = objectionTo(wish);
    if (!bred.failure.empty()) {
        shownByHand_ = std::make_shared<const HandBred>(std::move(bred));
        return;
    }
    auto child =
        open_->byHand({evaluations_ + 1, Mating{memberOf(wish.first), memberOf(wish.second), wish.splice}}, abandon);
    if (!child) return;
    if (const auto* scored = std::get_if<Scored>(&child->outcome)) {
        const auto verdict = *strategy_->judge(scored->scores);
        bred.fitness = verdict.fitness;
        bred.stays = verdict.slot.has_value();
        if (verdict.slot && slots()[*verdict.slot]) bred.replaces = slots()[*verdict.slot]->id;
        bred.child = std::make_shared<const Member>(Member{.id = {founders_ + evaluations_ + 1},
                                                           .genome = experiment_.breeding->keep(child->genome),
                                                           .scores = scored->scores,
                                                           .parentage = wish,
                                                           .born = evaluations_ + 1,
                                                           .answers = scored->answers,
                                                           .pictures = scored->pictures});
        try {
            bred.test = evaluator_->test(bred.child->genome, &abandon);
        } catch (const EvaluationFailure&) {
            // It is tested again when it becomes the best.
        }
        if (abandon) return;
        byHand_ = std::move(child);
    } else {
        bred.failure = std::get<Failed>(child->outcome).why;
    }
    shownByHand_ = std::make_shared<const HandBred>(std::move(bred));
}

void RunLoop::admitByHand() {
    if (!byHand_) return;
    const auto bred = shownByHand_;
    ++evaluations_;
    failuresInARow_ = 0;
    recorder_->recordEvent(evaluations_, std::string(kBredByHand),
                           fmt::format("of {} and {}", bred->parentage.first.value, bred->parentage.second.value));
    admit(*std::exchange(byHand_, std::nullopt), BirthOrigin::ByHand);
    if (bred->test && memberOf(bred->child->id)) {
        tests_[bred->child->id] = *bred->test;
        recorder_->recordTest(bred->child->id, *bred->test);
    }
    dropByHand();
    bringUpToDate();
}

void RunLoop::dropByHand() {
    byHand_.reset();
    shownByHand_.reset();
}

/// Null where a parent isn't there.
GenomePtr RunLoop::breedByHandAgain(const Parentage& parentage) const {
    const auto first = memberOf(parentage.first);
    const auto second = memberOf(parentage.second);
    if (!first || !second) return nullptr;
    return experiment_.breeding->keep(experiment_.breeding->breed(*first->genome, *second->genome, parentage.splice));
}

}  // namespace mergarium
