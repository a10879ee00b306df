#include "core/tasks/task.h"

#include <algorithm>

namespace mergarium {

std::vector<Attempt> attemptsAt(std::span<const std::uint32_t> samples, const SampleSet& set) {
    std::vector<Attempt> attempts;
    for (const auto sample : samples) {
        Attempt attempt{.sample = sample};
        if (set.hasTexts()) attempt.reference = set.texts[sample].reference;
        attempts.push_back(std::move(attempt));
    }
    return attempts;
}

std::optional<std::vector<Attempt>> Task::attempt(std::span<const std::uint32_t> asked,
                                                  const std::atomic<bool>& abandon) {
    auto attempts = attemptsAt(asked, *samples());
    std::vector<float> scores(samples()->size());
    for (std::size_t index = 0; index < batchCount(); ++index) {
        if (abandon) return std::nullopt;
        if (std::ranges::any_of(batch(index), [&](auto one) { return std::ranges::binary_search(asked, one); }))
            scoreBatch(index, scores);
    }
    const auto said = answers();
    for (auto& attempt : attempts) {
        attempt.score = scores[attempt.sample];
        if (!said.empty()) attempt.answer = said[attempt.sample];
    }
    return attempts;
}

void scoreAll(Task& task, std::span<float> scores) {
    for (std::size_t batch = 0; batch < task.batchCount(); ++batch) task.scoreBatch(batch, scores);
}

}  // namespace mergarium
