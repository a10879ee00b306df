#include "core/trial/founder_trial.h"

#include "core/evaluation/lane.h"
#include "core/progress/progress.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

namespace mergarium {
namespace {

/// How often what takes less than kMoment, in seconds, is timed.
constexpr int kTimes = 3;
constexpr double kMoment = 0.2;

constexpr std::size_t kMostTried = 512;
/// Of what can't be guessed, a founder that reaches no more than this may as well have reached nothing.
constexpr double kNothing = 0.02;

class Stopwatch {
public:
    /// Since it was made, or asked last.
    double lap() {
        const auto now = std::chrono::steady_clock::now();
        return std::chrono::duration<double>(now - std::exchange(started_, now)).count();
    }

private:
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

std::map<std::uint32_t, std::vector<std::uint32_t>> byGroup(const SampleSet& set) {
    std::map<std::uint32_t, std::vector<std::uint32_t>> groups;
    for (std::uint32_t sample = 0; sample < set.size(); ++sample) groups[set.groups[sample]].push_back(sample);
    return groups;
}

/// Scores samples, group by group, and keeps what each group's samples take.
class Asking {
public:
    Asking(Task& task, const std::vector<std::uint32_t>& samples, const std::atomic<bool>& abandon,
           const std::function<void(std::size_t)>& tried, FounderTrial& founder)
        : task_(task), set_(*task.samples()), samples_(samples), abandon_(abandon), tried_(tried), founder_(founder) {}

    /// Seconds that all training samples would take.
    double askAll() {
        // The first alone: what it takes more than others is spent once per model, whatever the number of samples.
        const double first = ask(std::span(samples_).first(1));
        std::map<std::uint32_t, std::vector<std::uint32_t>> rest;
        for (const auto sample : std::span(samples_).subspan(1)) rest[set_.groups[sample]].push_back(sample);
        std::map<std::uint32_t, double> each;
        double seconds = 0.0;
        for (const auto& [group, some] : rest) {
            const auto taken = ask(some);
            seconds += taken;
            each[group] = taken / static_cast<double>(some.size());
        }
        const double mean = rest.empty() ? first : seconds / static_cast<double>(samples_.size() - 1);
        double all = std::max(0.0, first - mean);
        for (const auto& [group, some] : byGroup(set_))
            all += static_cast<double>(some.size()) * (each.contains(group) ? each[group] : mean);
        return all;
    }

    double ask(std::span<const std::uint32_t> some) {
        Stopwatch watch;
        auto attempts = task_.attempt(some, abandon_);
        if (!attempts) throw Cancelled();
        std::ranges::move(*attempts, std::back_inserter(founder_.attempts));
        tried_(founder_.attempts.size());
        return watch.lap();
    }

private:
    Task& task_;
    const SampleSet& set_;
    const std::vector<std::uint32_t>& samples_;
    const std::atomic<bool>& abandon_;
    const std::function<void(std::size_t)>& tried_;
    FounderTrial& founder_;
};

}  // namespace

bool isAtChance(double score, double chance, std::size_t attempts) {
    if (chance <= 0.0) return score <= kNothing;
    return score <=
           chance + std::sqrt(chance * (1.0 - chance) / static_cast<double>(std::max<std::size_t>(1, attempts)));
}

bool FounderTrial::isAtChance() const { return mergarium::isAtChance(score, chance, attempts.size()); }

std::vector<std::uint32_t> samplesToTry(const SampleSet& set, std::size_t perGroup) {
    const auto groups = byGroup(set);
    const auto most =
        std::max<std::size_t>(1, std::min(perGroup, kMostTried / std::max<std::size_t>(1, groups.size())));
    std::vector<std::uint32_t> chosen;
    for (const auto& [group, samples] : groups) {
        const auto count = std::min(most, samples.size());
        for (std::size_t i = 0; i < count; ++i) chosen.push_back(samples[i * samples.size() / count]);
        if (chosen.size() >= kMostTried) break;
    }
    std::ranges::sort(chosen);
    return chosen;
}

void tryFounder(Task& task, const Genome& genome, const std::vector<std::uint32_t>& samples,
                const std::atomic<bool>& abandon, const std::function<void(std::size_t done)>& tried,
                FounderTrial& founder) {
    Stopwatch watch;
    task.load(genome);
    founder.seconds = watch.lap();
    Asking asking(task, samples, abandon, tried, founder);
    if (isCheap(task)) {
        // A single batch: some samples take as long as all. The quickest of several times counts, since whatever else
        // the machine does in such a moment would be taken for the run's.
        asking.ask(samples);
        std::vector<float> scores(task.samples()->size());
        for (int time = 0; time < kTimes; ++time) {
            (void)watch.lap();
            task.load(genome);
            scoreAll(task, scores);
            const auto seconds = watch.lap();
            founder.seconds = time == 0 ? seconds : std::min(founder.seconds, seconds);
            if (seconds > kMoment) break;
        }
    } else {
        founder.seconds += asking.askAll();
    }
    std::ranges::sort(founder.attempts, {}, &Attempt::sample);
    for (const auto& attempt : founder.attempts) {
        founder.score += static_cast<double>(attempt.score) / static_cast<double>(founder.attempts.size());
        founder.chance += attempt.chance / static_cast<double>(founder.attempts.size());
    }
}

}  // namespace mergarium
