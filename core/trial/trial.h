#pragma once

#include "core/configuration/configuration.h"
#include "core/evaluation/checkpoint_founders.h"
#include "core/tasks/run_place.h"
#include "core/trial/finding.h"
#include "core/trial/founder_trial.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mergarium {

/// What trying every founder on a few samples, before a run, brought to light.
struct Trial {
    /// The gravest first.
    std::vector<Finding> findings;
    /// Those that were tried, in the run's order; the last may have failed.
    std::vector<FounderTrial> founders;
    /// The training samples; null where nothing could be prepared.
    std::shared_ptr<const SampleSet> samples;
    /// "CPU", "CUDA 0", "another program".
    std::string device;
    /// What a person would mend where nobody answers anything right (TaskTraits::toMend).
    std::string toMend;
    /// Another program scores models, which lie on the disk.
    bool onDisk = false;
    /// Founders are random numbers, which nothing is expected of.
    bool untrained = false;
    /// Children that the run scores.
    std::uint64_t evaluations = 0;

    /// What scoring one child takes in seconds, if it is scored whole; 0 where that isn't known.
    double secondsEach() const;
    /// The same of all that the run scores, one after another.
    double secondsInAll() const { return secondsEach() * static_cast<double>(evaluations); }
    /// Whether a run would be for nothing.
    bool isWaste() const { return !findings.empty() && findings.front().severity == Severity::Waste; }
};

/// How many samples of every group are tried unless somebody says otherwise.
inline constexpr std::size_t kSamplesPerGroup = 8;

/// The same of a run: one where every sample is painted, which takes long.
std::size_t samplesPerGroup(const RunConfiguration& configuration);

/// Prepares the founders as a run does, and scores each on up to `perGroup` samples of every group (file, class) with
/// the run's own code. Any thread, which it sets up to compute. What other programs do, or fail to do, is told in the
/// findings, and none is started that `place.mayStart` doesn't allow. Throws std::runtime_error for what no run could
/// begin with, and Cancelled when `place.abandon` is set, within a sample, or `announce` returns false.
Trial tryFounders(const RunConfiguration& configuration, const RunPlace& place, std::size_t perGroup = kSamplesPerGroup,
                  const Announce& announce = nullptr);

/// Whether a trial takes no more than a moment and starts no program: founders that come with this one, or small ones.
/// Reads headers.
bool isQuickToTry(const RunConfiguration& configuration);

}  // namespace mergarium
