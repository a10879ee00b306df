#pragma once

#include "core/run/snapshot.h"
#include "core/statistics/curve.h"
#include "core/statistics/summary.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A run as it enters a comparison.
struct ComparedRun {
    /// The method that it repeats.
    std::string arm;
    std::uint64_t seed = 0;
    std::uint64_t budget = 0;
    /// Unfinished runs are counted, and enter no mean.
    bool finished = false;
    std::vector<ProgressPoint> curve;
};

/// The end point that a paper reports for an arm: mean test score in [0, 1].
struct PublishedResult {
    std::string arm;
    double test = 0.0;
};

/// Several seeds of one method. Scores are means over the samples, in [0, 1].
struct ArmResult {
    std::string name;
    /// Seeds of the finished runs, ascending; everything below is over these runs.
    std::vector<std::uint64_t> seeds;
    std::size_t unfinished = 0;
    /// The largest budget among its runs.
    std::uint64_t budget = 0;

    /// At the end, of the member that is best on the training samples. Nothing is measured where nothing is held out:
    /// then there is no area, no curve and no comparison of test scores either.
    Summary bestTest;
    Summary bestTrain;
    /// Area under the test curve from 0 evaluations to the budget, divided by the budget.
    Summary area;
    /// At the end (core/archive/coverage.h).
    Summary coverage;
    Summary disagreement;
    Summary nicheEntropy;
    /// Best test score against the first arm, over the seeds that both have; absent in the first.
    std::optional<PairedComparison> againstFirst;
    std::optional<double> published;

    /// Curves over evaluations.
    Band testBand;
    Band trainBand;
    Band coverageBand;
    Band disagreementBand;
    Band nicheEntropyBand;
};

/// Arms in the order in which they first occur.
struct Comparison {
    std::string title;
    std::vector<ArmResult> arms;
};

/// Reduces runs to arms. Of several finished runs with the same arm and seed the last one counts. Pure.
Comparison compareArms(std::string title, std::span<const ComparedRun> runs,
                       std::span<const PublishedResult> published = {});

}  // namespace mergarium
