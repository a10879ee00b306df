#include "core/search/ratio_search/ratio_search.h"

#include "core/random/random_stream.h"

#include <algorithm>
#include <stdexcept>

namespace mergarium {

RatioSearch::RatioSearch(RatioSearchRules settings, std::vector<MemberPtr> founders, Archive archive)
    : settings_(settings), founders_(std::move(founders)), archive_(std::move(archive)) {
    if (founders_.size() < 2) throw std::invalid_argument("A search over mixing ratios needs at least two founders.");
}

void RatioSearch::settle(MemberPtr founder) { settleInEmptySlot(archive_, std::move(founder)); }

double RatioSearch::ratioOf(std::uint64_t step, std::uint64_t pair, std::uint64_t pairs) const {
    if (const auto* grid = std::get_if<GridRatio>(&settings_.ratio)) {
        const std::uint64_t points = (grid->evaluations + pairs - 1 - pair) / pairs;
        const std::uint64_t point = (step - 1) / pairs;
        return points > 1 ? static_cast<double>(point) / static_cast<double>(points - 1) : 0.5;
    }
    RandomStream stream(settings_.seed, step, Purpose::MixingRatio);
    const auto* beta = std::get_if<BetaRatio>(&settings_.ratio);
    return beta ? stream.symmetricBeta(beta->shape) : stream.uniform();
}

void RatioSearch::enterBlockOf(std::uint64_t step) {
    if ((step - 1) % kBlock == 0) before_ = snapshotOf(archive_);
}

Proposal RatioSearch::propose(std::uint64_t step) {
    enterBlockOf(step);
    const std::uint64_t count = founders_.size();
    const std::uint64_t pairs = count * (count - 1) / 2;
    const std::uint64_t pair = (step - 1) % pairs;
    // Pairs in order of the first founder, then of the second: (0, 1), (0, 2), ..., (1, 2), ...
    std::uint64_t first = 0;
    std::uint64_t second = 1 + pair;
    while (second >= count) {
        ++first;
        second -= count - 1 - first;
    }
    return {step, Mating{founders_[first],
                         founders_[second],
                         {.splits = {},
                          .ratio = std::clamp(ratioOf(step, pair, pairs), 0.0, 1.0),
                          .interpolation = settings_.interpolation}}};
}

Admission RatioSearch::admit(Proposal proposal, Offspring child) {
    return admitUnlessWeakest(archive_, std::move(proposal), std::move(child));
}

void RatioSearch::replay(const DecidedBirth& birth) {
    enterBlockOf(birth.step);
    if (birth.slot) archive_.place(*birth.slot, birth.child);
}

}  // namespace mergarium
