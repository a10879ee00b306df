#pragma once

#include "ui/canvas/position_window.h"

#include <QRectF>

#include <cstddef>
#include <optional>
#include <vector>

namespace mergarium {

/// Where rows and positions stand on a canvas, in logical pixels.
struct RowMap {
    QRectF map;
    PositionWindow window;
    std::size_t rows = 0;
    std::size_t firstRow = 0;
    double rowHeight = 1.0;

    double xOf(double position) const;
    double positionAt(double x) const;
    QRectF rowRect(std::size_t row) const;
    /// The row at a height, whether the point is on the map or beside it.
    std::optional<std::size_t> rowAt(double y) const;
    /// How many rows fit.
    std::size_t visibleRows() const;
    /// One past the last row in view.
    std::size_t endRow() const;
    std::size_t lastFirstRow() const;

    /// The rows in view that have room for a label of such a height: as many as don't touch, and `preferred` in place
    /// of those too close to it.
    std::vector<std::size_t> labelledRows(double height, std::optional<std::size_t> preferred) const;

    /// Puts the map at the top of `area`, rows as high as there is room, within `least` and `most` pixels each.
    void place(const QRectF& area, double least, double most);
};

}  // namespace mergarium
