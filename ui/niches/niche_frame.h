#pragma once

#include "core/archive/coverage.h"
#include "core/run/snapshot.h"
#include "ui/members/ranked_members.h"
#include "ui/niches/niche_scale.h"

#include <QImage>
#include <QString>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

/// What is to be seen of the niches.
struct NicheRequest {
    SnapshotPtr snapshot;
    SampleOrder order = SampleOrder::Group;
    Binning binning = Binning::Mean;
    NicheMeasure measure = NicheMeasure::Share;
    /// Whom a Difference is taken from; where it isn't in the archive, shares are shown.
    std::optional<MemberId> reference = {};
    /// Show only samples that this member alone solves.
    std::optional<MemberId> soleSolver;
    /// Positions in the display order; empty means all.
    PositionRange range;
    /// At most so many bins: the pixels of the screen.
    std::size_t width = 0;
};

/// Neighbouring samples that belong together: a class, or those of one owner.
struct NicheSegment {
    PositionRange positions;
    QString label;
};

/// The niches reduced to what a screen shows. Immutable once made.
struct NicheFrame {
    SnapshotPtr snapshot;
    SampleOrder order = SampleOrder::Group;
    Binning binning = Binning::Mean;
    NicheScale scale;
    /// Whom a Difference is taken from.
    std::optional<MemberId> reference;
    std::optional<MemberId> soleSolver;
    /// Fittest first; only slots that are taken.
    std::vector<RankedMember> rows;
    /// The sample at each position of the display order.
    std::shared_ptr<const std::vector<std::uint32_t>> samples;
    std::vector<NicheSegment> segments;
    /// What is taken off the scores on every sample before members compete; empty: nothing.
    std::vector<float> baseline;
    NicheRaster raster;
    /// One pixel per row and bin.
    QImage image;
    NewestFamily family;

    std::size_t sampleCount() const { return samples ? samples->size() : 0; }
    std::vector<std::span<const float>> scores() const;
};

using NicheFramePtr = std::shared_ptr<const NicheFrame>;

/// Pure, for a worker thread; O(members x samples). `previous` (may be null) saves sorting the same samples again.
NicheFramePtr makeNicheFrame(const NicheRequest& request, const NicheFramePtr& previous);

/// The name of a sample's group, empty when unknown.
QString groupText(const SessionSnapshot& snapshot, std::size_t sample);
/// "class", or what else the groups of samples are.
QString groupNoun(const SessionSnapshot& snapshot);

}  // namespace mergarium
