#pragma once

#include "core/genome/genome.h"
#include "core/tasks/task.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mergarium {

/// What came of trying one founder.
struct FounderTrial {
    std::string name;
    /// In ascending order of samples; empty where it could not be scored.
    std::vector<Attempt> attempts;
    /// Mean over the attempts, and what guessing scores; in [0, 1].
    double score = 0.0, chance = 0.0;
    /// What scoring it on all training samples takes, worked out from those that were asked about.
    double seconds = 0.0;
    /// Bytes that a model takes while it is scored: of memory, or of the disk where another program scores it.
    std::uint64_t bytes = 0;
    /// Why it could not be scored; empty: it could.
    std::string failure;

    /// Whether it can't be told from a guess, as far as so few samples tell.
    bool isAtChance() const;
};

/// Whether so many attempts with this mean can't be told from guesses.
bool isAtChance(double score, double chance, std::size_t attempts);

/// Up to `perGroup` training samples of every group, spread evenly over it, ascending; fewer of each where there would
/// be more than 512 in all.
std::vector<std::uint32_t> samplesToTry(const SampleSet& samples, std::size_t perGroup);

/// Loads a founder and scores it on these samples; `founder` has its name. Calls `tried` with how many it has been
/// asked so far. Throws Cancelled when `abandon` is found set, and EvaluationFailure.
void tryFounder(Task& task, const Genome& genome, const std::vector<std::uint32_t>& samples,
                const std::atomic<bool>& abandon, const std::function<void(std::size_t done)>& tried,
                FounderTrial& founder);

}  // namespace mergarium
