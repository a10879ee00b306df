#pragma once

#include "ui/canvas/legend_entries.h"
#include "ui/genome/genome_painter.h"

#include <QColor>

#include <cstddef>
#include <span>
#include <vector>

namespace mergarium {

/// A chromosome's colour, which is none of the founders'; what no pattern names is grey.
QColor chromosomeColor(const Chromosomes& chromosomes, std::size_t chromosome);

/// For every bin and chromosome the share of the bin's positions that belong to it, in [0, 1]: bins x chromosomes, bin
/// by bin. `bins` are ascending. Pure.
std::vector<float> chromosomeShares(const Chromosomes& chromosomes, std::span<const VectorRange> bins);

/// A lane for each chromosome, filled where it lies; nothing where the whole vector is one.
void paintChromosomes(QPainter& painter, const GenomePicture& picture);

/// Where the members themselves were cut from their parents, in the colours of their chromosomes; the ribbons' colours
/// show the cuts of all their ancestors.
void paintSplits(QPainter& painter, const GenomePicture& picture);

/// What the cuts' marks mean; to be painted by this painter.
LegendEntry splitsEntry(QPainter& painter, const GenomePicture& picture);

}  // namespace mergarium
