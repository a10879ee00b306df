#include "core/evaluation/scorer.h"

#include "core/evaluation/archive_hash.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace mergarium {
namespace {

constexpr std::size_t kMostKnown = 4096;

}  // namespace

Scorer::Scorer(Task& task, std::optional<bool> rejectsEarly)
    : task_(task),
      cheap_(task.batchCount() == 1 && !task.samples()->hasTexts()),
      rejectsEarly_(rejectsEarly.value_or(task.batchCount() > 1)),
      scores_(task.samples()->size()),
      scored_(scores_.size()) {}

Scoring Scorer::scoreWhole(const Genome& model) {
    task_.load(model);
    scoreAll(task_, scores_);
    return {.scores = Scores(scores_), .answers = answers(), .scored = std::nullopt};
}

Scoring Scorer::score(const Genome& child, const Strategy& strategy, const std::atomic<bool>& abandon) {
    const auto key = cheap_ ? std::string() : genomeHash(child);
    if (const auto found = known_.find(key); !cheap_ && found != known_.end()) {
        counts_.saved += scores_.size();
        return {.scores = found->second.first, .answers = found->second.second, .scored = std::nullopt};
    }

    task_.load(child);
    std::fill(scored_.begin(), scored_.end(), false);
    std::uint64_t count = 0;
    for (const auto index : batchOrder(strategy.archive())) {
        if (abandon) return {.scores = {}, .answers = nullptr, .scored = std::nullopt, .abandoned = true};
        const auto batch = task_.batch(index);
        task_.scoreBatch(index, scores_);
        for (const auto sample : batch) scored_[sample] = true;
        count += batch.size();
        if (count == scores_.size() || !rejectsEarly_ || !strategy.isLost(scores_, scored_)) continue;
        for (std::size_t j = 0; j < scores_.size(); ++j)
            if (!scored_[j]) scores_[j] = 0.0f;
        counts_.scored += count;
        counts_.saved += scores_.size() - count;
        return {.scores = Scores(scores_), .answers = nullptr, .scored = count};
    }
    counts_.scored += count;
    Scoring scoring{.scores = Scores(scores_), .answers = answers(), .scored = std::nullopt};
    if (!cheap_) {
        if (known_.size() >= kMostKnown) known_.clear();
        known_[key] = {scoring.scores, scoring.answers};
    }
    return scoring;
}

/// Batches whose samples few can solve come first: there a child that is to be rejected falls behind soonest.
std::vector<std::size_t> Scorer::batchOrder(const Archive& archive) const {
    std::vector<std::size_t> order(task_.batchCount());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (order.size() < 2) return order;
    const auto& totals = archive.niches().totals;
    std::vector<double> stake(order.size());
    for (const auto index : order) {
        const auto batch = task_.batch(index);
        for (const auto sample : batch) stake[index] += 1.0 / (1.0 + totals[sample]);
        stake[index] /= static_cast<double>(batch.size());
    }
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t index) { return stake[index]; });
    return order;
}

AnswersPtr Scorer::answers() const {
    auto texts = task_.answers();
    return texts.empty() ? nullptr : std::make_shared<const std::vector<std::string>>(std::move(texts));
}

}  // namespace mergarium
