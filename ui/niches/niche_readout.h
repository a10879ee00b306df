#pragma once

#include "ui/niches/niche_frame.h"

#include <QString>

#include <optional>

namespace mergarium {

/// The positions that are one column of the heatmap at `position`; a single one where the raster doesn't reach.
PositionRange columnAt(const NicheFrame& frame, std::size_t position);

/// The sample that a column is about: the one with the row's largest share; without a row the least solved one.
std::size_t sampleOf(const NicheFrame& frame, PositionRange column, std::optional<std::size_t> row);

/// The niche total z of a sample, and how many members solve it.
/// What of its score a row competes with: what is left above the baseline, all of it without one.
double competingScoreOf(const NicheFrame& frame, const Member& member, std::size_t sample);
double totalOf(const NicheFrame& frame, std::size_t sample);
std::size_t solversOf(const NicheFrame& frame, std::size_t sample);

/// What is to be read at a column and row, in one sentence.
QString readoutText(const NicheFrame& frame, PositionRange column, std::optional<std::size_t> row);

/// What the horizontal axis means.
QString axisText(const NicheFrame& frame);

/// Why there is no sample to show.
QString nothingText(const NicheFrame& frame);

}  // namespace mergarium
