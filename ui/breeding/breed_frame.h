#pragma once

#include "ui/genome/genome_frame.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mergarium {

/// A child as it would be mixed linearly, which is what it looks like before it is bred: the angle of a slerp is known
/// only then.
Recipe linearChild(const Recipe& first, const Recipe& second, const Splice& splice);

/// The ribbons of two parents and of the child that a person wishes for, in this order: of what was bred where
/// `snapshot` holds it, else of what it would be. Pure, for a worker thread.
GenomeFramePtr makeBreedFrame(const SnapshotPtr& snapshot, const Parentage& wish, VectorRange range, std::size_t width,
                              const GenomeFramePtr& previous);

/// What was bred is what is wished for.
bool isBred(const HandBred& bred, const Parentage& wish);

/// What a child does otherwise than its better parent.
struct Change {
    std::size_t sample = 0;
    float first = 0.0F, second = 0.0F, child = 0.0F;

    float gain() const;
};

/// Samples at which the child is better or worse than both parents, the greatest gains and then the greatest losses
/// first; equals in the order of samples. None without a child.
std::vector<Change> changesOf(const SessionSnapshot& snapshot, const HandBred& bred);

}  // namespace mergarium
