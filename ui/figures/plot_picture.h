#pragma once

#include "ui/figures/figure.h"

class QCustomPlot;

namespace mergarium {

/// What a plot looks like at this size, as vectors, with as many numbers on the horizontal axis as find room. The plot
/// is a copy made for it, which may be gone when the picture is painted.
FigurePainter pictureOfPlot(QCustomPlot& plot, const QSizeF& size);

/// Whether a legend at the right would leave too little of the width for a plot.
bool isNarrow(const FigurePage& page);

}  // namespace mergarium
