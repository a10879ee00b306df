#pragma once

#include "ui/canvas/row_map.h"

#include <QRectF>

#include <cstddef>

class QFontMetricsF;

namespace mergarium {

/// Where things stand on the niches' canvas, in logical pixels.
struct NicheGeometry : RowMap {
    QRectF title;
    QRectF strip;
    QRectF unsolved;
    QRectF labels;
    QRectF bars;
    QRectF segments;
    QRectF axis;
    QRectF legend;
};

struct NicheExtent {
    std::size_t rows = 0;
    std::size_t firstRow = 0;
    PositionWindow window;
    double labelWidth = 0.0;
    double barWidth = 0.0;
    /// On paper nobody scrolls: all rows are placed, however low they become.
    bool allRows = false;
};

NicheGeometry layOut(const QSizeF& size, const QFontMetricsF& metrics, const NicheExtent& extent);

}  // namespace mergarium
