#include "core/session/open_steps.h"

#include <algorithm>
#include <utility>

namespace mergarium {

OpenSteps::OpenSteps(Strategy& strategy, Evaluator& evaluator, KnownModels& known, bool rejectsEarly,
                     std::uint64_t samples)
    : strategy_(strategy), evaluator_(evaluator), known_(known), rejectsEarly_(rejectsEarly), samples_(samples) {}

std::optional<OpenStep> OpenSteps::next(std::uint64_t step, std::uint64_t last, Ahead ahead,
                                        const std::atomic<bool>& abandon) {
    const auto propose = [this](std::uint64_t next) {
        auto proposal = strategy_.propose(next);
        submit(std::move(proposal), rejectsEarly_ ? strategy_.rivals() : nullptr);
    };
    if (open_.empty()) propose(step);
    const auto end = ahead == Ahead::None ? step : std::min(last, blockEnd(strategy_, step));
    while (step + open_.size() <= end && open_.size() < evaluator_.capacity()) propose(step + open_.size());
    return decide(abandon);
}

std::optional<OpenStep> OpenSteps::byHand(Proposal proposal, const std::atomic<bool>& abandon) {
    drop();
    // The strategy is at this step from now on, as it is where nobody interferes.
    (void)strategy_.propose(proposal.step);
    submit(std::move(proposal), nullptr);
    return decide(abandon);
}

std::optional<OpenStep> OpenSteps::decide(const std::atomic<bool>& abandon) {
    auto child = evaluator_.next(abandon);
    std::optional<Outcome> outcome;
    if (child) outcome = outcomeOf(*child, abandon);
    if (!outcome) {
        drop();
        return std::nullopt;
    }
    OpenStep decided{std::move(open_.front()), *std::move(outcome), std::move(child->genome)};
    open_.pop_front();
    return decided;
}

void OpenSteps::submit(Proposal proposal, ArchivePtr rivals) {
    Candidate candidate{.step = proposal.step, .model = GenomePtr(), .rivals = std::move(rivals)};
    if (const auto* mating = proposal.mating())
        candidate.model = *mating;
    else
        candidate.model = std::get<Sampled>(proposal.how).genome;
    evaluator_.submit(std::move(candidate));
    open_.push_back(std::move(proposal));
}

std::optional<Outcome> OpenSteps::outcomeOf(Evaluated& child, const std::atomic<bool>& abandon) {
    while (true) {
        const bool tells = !child.content.empty();
        if (auto known = tells ? known_.find(child.content) : std::nullopt) {
            counts_.saved += samples_;
            return *std::move(known);
        }
        if (auto* scored = std::get_if<Scored>(&child.result)) {
            counts_.scored += samples_;
            // While nothing else is open, so that no lane finds more or less than another.
            if (tells && child.step == blockEnd(strategy_, child.step)) known_.trim();
            if (tells) known_.remember(child.content, *scored);
            return std::move(*scored);
        }
        if (auto* failed = std::get_if<Failed>(&child.result)) {
            // What is abandoned fails too: a program that is asked to end, for one.
            if (abandon) return std::nullopt;
            return std::move(*failed);
        }
        auto& part = std::get<PartlyScored>(child.result);
        if (strategy_.isLost(part.scores, part.scored)) {
            counts_.scored += part.count;
            counts_.saved += samples_ - part.count;
            const auto count = part.count;
            const double total = Scores(std::move(part.scores)).total();
            return CutShort{.scored = count, .mean = total / static_cast<double>(count)};
        }
        Candidate rest{.step = child.step, .model = child.genome, .rivals = snapshotOf(strategy_.archive())};
        rest.begun = std::move(part);
        evaluator_.submit(std::move(rest));
        auto whole = evaluator_.next(abandon);
        if (!whole) return std::nullopt;
        child = *std::move(whole);
    }
}

void OpenSteps::drop() {
    evaluator_.drop();
    open_.clear();
}

}  // namespace mergarium
