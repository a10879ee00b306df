#pragma once

#include <QRectF>

#include <cstddef>
#include <optional>

class QFontMetricsF;

namespace mergarium {

/// Which samples are in view, as real positions in the display order, so that zooming and panning are smooth.
struct PositionWindow {
    double begin = 0.0;
    double span = 0.0;

    double end() const { return begin + span; }
    /// Kept within `count` samples and at least a few of them wide.
    PositionWindow within(std::size_t count) const;
    /// `factor` < 1 shows fewer samples; what is at `anchor` stays where it is.
    PositionWindow zoomed(double factor, double anchor) const;
};

/// Where things stand on the niches' canvas, in logical pixels.
struct NicheGeometry {
    QRectF title;
    QRectF strip;
    QRectF unsolved;
    QRectF map;
    QRectF labels;
    QRectF bars;
    QRectF segments;
    QRectF axis;
    QRectF legend;
    PositionWindow window;
    std::size_t rows = 0;
    std::size_t firstRow = 0;
    double rowHeight = 1.0;

    double xOf(double position) const;
    double positionAt(double x) const;
    QRectF rowRect(std::size_t row) const;
    /// The row at a height, whichever of labels, map or bars the point is in.
    std::optional<std::size_t> rowAt(double y) const;
    /// How many rows fit.
    std::size_t visibleRows() const;
    std::size_t lastFirstRow() const;
};

struct NicheExtent {
    std::size_t rows = 0;
    std::size_t firstRow = 0;
    PositionWindow window;
    double labelWidth = 0.0;
    double barWidth = 0.0;
};

NicheGeometry layOut(const QSizeF& size, const QFontMetricsF& metrics, const NicheExtent& extent);

}  // namespace mergarium
