#pragma once

#include "core/mating/attraction.h"
#include "core/run/snapshot.h"

#include <QString>

#include <cstddef>
#include <memory>
#include <vector>

namespace mergarium {

/// Why one member is drawn to another at one moment. Immutable once made.
struct PairFrame {
    struct Term {
        std::size_t sample = 0;
        /// Of the two, in [0, 1].
        double first = 0.0, second = 0.0;
        /// Members that solve the sample.
        std::size_t solvers = 0;
        /// What the sample adds to g, and that as a share of g.
        double value = 0.0, share = 0.0;
    };

    SnapshotPtr snapshot;
    MemberId first, second;
    /// Both are in the archive; nothing below is known otherwise.
    bool live = false;
    /// g(first, second), and the sum of g(first, ...) over the archive.
    double attraction = 0.0, attractions = 0.0;
    /// Of the first, and of the archive in all.
    double fitness = 0.0, fitnesses = 0.0;
    std::size_t members = 0;
    /// Largest first.
    std::vector<Term> terms;
};

using PairFramePtr = std::shared_ptr<const PairFrame>;

/// Pure, for a worker thread; O(members x samples).
PairFramePtr makePairFrame(const SnapshotPtr& snapshot, MemberId first, MemberId second);

/// The pair's chances to be drawn, in words.
QString pairText(const PairFrame& frame);

}  // namespace mergarium
