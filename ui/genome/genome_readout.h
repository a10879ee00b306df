#pragma once

#include "ui/genome/genome_frame.h"

#include <QString>

#include <cstddef>
#include <optional>

namespace mergarium {

/// The positions that are one column of the picture at `position`; a single one where the frame doesn't reach.
VectorRange columnAt(const GenomeFrame& frame, std::uint64_t position);

/// The tensor and the layer that hold a position; past the end the last ones. The layout isn't empty.
const Layout::Tensor& tensorAt(const GenomeFrame& frame, std::uint64_t position);
const Layer& layerAt(const GenomeFrame& frame, std::uint64_t position);

/// What is to be read at a column and row, in one sentence: tensor, positions, and what each founder brings.
QString readoutText(const GenomeFrame& frame, VectorRange column, std::optional<std::size_t> row);

/// What the horizontal axis means.
QString axisText(const GenomeFrame& frame);

}  // namespace mergarium
