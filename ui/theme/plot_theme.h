#pragma once

#include <QFont>
#include <QPalette>

class QCustomPlot;

namespace mergarium {

/// Takes background, axes, grid, legend and fonts of a plot from the palette; to be called again on
/// QEvent::PaletteChange and QEvent::FontChange. Doesn't replot.
void stylePlot(QCustomPlot& plot, const QPalette& palette, const QFont& font);

}  // namespace mergarium
