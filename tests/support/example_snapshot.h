#pragma once

#include "core/run/snapshot.h"

#include <cstddef>
#include <cstdint>

namespace mergarium {

/// What an example run looks like.
struct ExampleShape {
    std::int64_t run = 1;
    std::size_t slots = 20;
    /// Taken slots, from the first on; the first two are founders.
    std::size_t members = 20;
    std::size_t samples = 200;
    std::uint64_t evaluations = 4213;
    std::uint64_t budget = 10'000;
    /// Varies scores; the same seed gives the same run.
    std::uint64_t seed = 1;
    /// Members are recipes over so many founders; 0: members without a genome, as read back from a database.
    std::size_t founders = 2;
    /// Samples are questions with references instead of pictures, and members have answers.
    bool texts = false;
};

/// A run in full swing, made without networks: ten classes of 8 x 8 pictures, members that are good at some of them,
/// curves and pairings. Every twentieth sample is solved by nobody, and sample 7 by slot 2 alone where that is taken.
SnapshotPtr exampleSnapshot(const ExampleShape& shape = {});

/// The same run a few evaluations later: the weakest member has made room for a child of the two in slots 0 and 1.
SnapshotPtr laterSnapshot(const SnapshotPtr& snapshot);

}  // namespace mergarium
