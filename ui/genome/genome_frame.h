#pragma once

#include "core/checkpoint/layers.h"
#include "core/genome/chromosomes.h"
#include "core/genome/painting.h"
#include "core/run/snapshot.h"
#include "ui/genome/founder_colors.h"
#include "ui/members/ranked_members.h"
#include "ui/theme/theme.h"

#include <QImage>
#include <QString>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

/// What is to be seen of the genomes.
struct GenomeRequest {
    SnapshotPtr snapshot;
    /// Positions of the parameter vector; empty means all.
    VectorRange range;
    /// At most so many bins: the pixels of the screen.
    std::size_t width = 0;
    /// Show how far everybody is from this member; where its recipe isn't known, the founders are shown.
    std::optional<MemberId> reference = {};
    /// Who, in this order; empty: the archive, fittest first.
    std::vector<RankedMember> rows = {};
    /// Which of `rows` is a child that is no member yet.
    std::optional<std::size_t> child = {};
};

/// The genomes reduced to what a screen shows: chromosome painting. Immutable once made.
struct GenomeFrame {
    /// At most this many members are drawn.
    static constexpr std::size_t kMostMembers = 1000;

    SnapshotPtr snapshot;
    /// Fittest first, unless others were asked for.
    std::vector<RankedMember> rows;
    /// Members in the archive, shown or not.
    std::size_t present = 0;
    NewestFamily family;
    /// The row of a child that is no member yet, so that it has no number and can't be selected.
    std::optional<std::size_t> child;
    /// What positions are: elements of the parameter vector, or genes.
    std::shared_ptr<const Layout> loci;
    std::shared_ptr<const std::vector<Layer>> layers;
    std::shared_ptr<const FounderColors> colors;
    /// One per founder.
    std::vector<QString> founders;
    std::vector<VectorRange> bins;
    /// Null where the whole vector is one.
    ChromosomesPtr chromosomes;
    /// How much of each bin belongs to each of them: bins x chromosomes, bin by bin.
    std::vector<float> chromosomeShares;
    /// Whom the colours are a distance from: 0, the same mixture of founders, to 1, none in common.
    std::optional<MemberId> reference;
    Magnitudes magnitudes = magnitudesInUse();
    /// One pixel per row and bin; transparent where a member has no recipe.
    QImage image;
    /// How many rows had to be painted anew; the others were the previous frame's.
    std::size_t paintedRows = 0;

    const Layout& layout() const { return *loci; }
    bool showsGenes() const { return snapshot->run->genes != nullptr; }
    VectorRange range() const {
        return bins.empty() ? VectorRange{} : VectorRange{bins.front().begin, bins.back().end};
    }
};

using GenomeFramePtr = std::shared_ptr<const GenomeFrame>;

/// How a member is made of the founders; null when that is not known.
const Recipe* recipeOf(const Member& member);

/// Why no member can be painted, in words; empty when one can.
QString whyNothingIsPainted(const SessionSnapshot& snapshot);

/// Pure, for a worker thread. The rows of members that `previous` (may be null) shows in the same bins are taken from
/// it.
GenomeFramePtr makeGenomeFrame(const GenomeRequest& request, const GenomeFramePtr& previous);

}  // namespace mergarium
