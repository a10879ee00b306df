#pragma once

#include "ui/pictures/board_content.h"

#include <QRectF>
#include <QSizeF>

#include <cstddef>
#include <optional>

class QFontMetricsF;

namespace mergarium {

/// Where the pictures of a board stand, before it is scrolled.
struct BoardGeometry {
    std::size_t count = 0;
    std::size_t perRow = 1;
    /// Of a picture, which is fitted into a square.
    double side = 0.0;
    double gap = 0.0;
    /// Of the captions on the left and the names above, which stay while the rest is scrolled; 0: there are none.
    double left = 0.0;
    double top = 0.0;
    /// Of the words below a picture, a bar included.
    double label = 0.0;

    std::size_t rows() const { return (count + perRow - 1) / perRow; }
    QSizeF size() const;
    QRectF picture(std::size_t index) const;
    /// With its words.
    QRectF cell(std::size_t index) const;
    /// The caption of a row, the name of a column.
    QRectF caption(std::size_t row) const;
    QRectF heading(std::size_t column) const;
    double rowHeight() const { return side + label + gap; }
    std::optional<std::size_t> at(QPointF point) const;
};

/// Pictures as large as they can be: a Table's so that all columns fit, unless they would be too small, and a row is
/// seen as a whole.
BoardGeometry boardGeometry(const BoardContent& content, QSizeF room, const QFontMetricsF& metrics);

/// The same on paper: everything is within `room`.
BoardGeometry printedGeometry(const BoardContent& content, QSizeF room, const QFontMetricsF& metrics);

}  // namespace mergarium
