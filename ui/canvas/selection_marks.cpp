#include "ui/canvas/selection_marks.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace mergarium {
namespace {

/// Narrower things are framed at this width.
constexpr double kLeast = 5.0;

}  // namespace

void paintSelectionFrame(QPainter& painter, const QRectF& frame, const Colors& colors) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colors.background, 4));
    painter.drawRect(frame);
    painter.setPen(QPen(colors.accent, 2));
    painter.drawRect(frame);
}

void paintSelectedRow(QPainter& painter, const RowMap& places, const CanvasSelection& selected, double left,
                      const Colors& colors) {
    if (!selected.row || *selected.row < places.firstRow || *selected.row >= places.endRow()) return;
    auto frame = places.rowRect(*selected.row);
    // A label that is higher than the row is not crossed out.
    if (frame.height() >= QFontMetricsF(painter.font()).height()) frame.setLeft(left);
    const double low = std::max(0.0, kLeast - frame.height()) / 2;
    paintSelectionFrame(painter, frame.adjusted(0, -low, 0, low), colors);
}

void paintSelectedColumn(QPainter& painter, const RowMap& places, PositionRange column, double top,
                         const Colors& colors) {
    double left = places.xOf(static_cast<double>(column.begin));
    double right = places.xOf(static_cast<double>(column.end));
    if (right <= places.map.left() || left >= places.map.right()) return;
    const double narrow = std::max(0.0, kLeast - (right - left)) / 2;
    left = std::max(left - narrow, places.map.left());
    right = std::min(right + narrow, places.map.right());
    paintSelectionFrame(painter, {left, top, right - left, places.map.bottom() - top}, colors);
}

}  // namespace mergarium
