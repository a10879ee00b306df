#pragma once

#include "core/run/snapshot.h"

#include <QImage>
#include <QString>

#include <cstddef>
#include <memory>
#include <vector>

namespace mergarium {

/// Who is drawn to whom at one moment: g(a, b) among the fittest members, fittest first. Immutable once made.
struct AttractionFrame {
    /// At most this many members are drawn; the weight of samples counts them all.
    static constexpr std::size_t kMostMembers = 200;

    std::vector<MemberId> members;
    std::vector<double> fitness;
    /// members x members, row by row: row a, column b.
    std::vector<double> values;
    double largest = 0.0;
    /// Members in the archive, shown or not.
    std::size_t present = 0;
    /// One pixel per pair.
    QImage image;

    double at(std::size_t a, std::size_t b) const { return values[a * members.size() + b]; }
};

using AttractionFramePtr = std::shared_ptr<const AttractionFrame>;

/// The niches as the run's competition shares them among the members of the snapshot, which has one at least.
Niches nichesOf(const SessionSnapshot& snapshot);

/// Pure, for a worker thread; O(shown^2 x samples).
AttractionFramePtr makeAttractionFrame(const SnapshotPtr& snapshot);

/// What a pair means, in one sentence.
QString attractionText(const AttractionFrame& frame, std::size_t a, std::size_t b);

}  // namespace mergarium
