#pragma once

#include "ui/canvas/row_map.h"

#include <QRectF>

class QFontMetricsF;

namespace mergarium {

/// Where things stand on the genomes' canvas, in logical pixels.
struct GenomeGeometry : RowMap {
    QRectF legend;
    QRectF layers;
    QRectF tensors;
    /// A lane each; empty where the whole vector is one.
    QRectF chromosomes;
    QRectF positions;
    QRectF caption;
    QRectF labels;
    QRectF fitness;
};

struct GenomeExtent {
    std::size_t rows = 0;
    std::size_t firstRow = 0;
    PositionWindow window;
    double labelWidth = 0.0;
    /// 0: the whole vector is one.
    std::size_t chromosomes = 0;
    /// On paper nobody scrolls: all rows are placed, however low they become.
    bool allRows = false;
};

GenomeGeometry layOut(const QSizeF& size, const QFontMetricsF& metrics, const GenomeExtent& extent);

}  // namespace mergarium
