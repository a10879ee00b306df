#include "ui/canvas/legend_entries.h"

#include <QFontMetricsF>
#include <QPainter>

namespace mergarium {
namespace {

/// In lines: the mark with its space, and the gap behind the text.
constexpr double kMark = 1.0, kGap = 1.2;

}  // namespace

double entriesWidth(const QFontMetricsF& metrics, const std::vector<LegendEntry>& entries) {
    double width = -kGap * metrics.height();
    for (const auto& entry : entries)
        width += (kMark + kGap) * metrics.height() + metrics.horizontalAdvance(entry.text) + 2.0;
    return width;
}

void paintEntries(QPainter& painter, const QRectF& place, const QColor& text, const std::vector<LegendEntry>& entries) {
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    double x = place.left(), y = place.top();
    for (const auto& entry : entries) {
        const double width = metrics.horizontalAdvance(entry.text) + 2.0;
        if (x > place.left() && x + kMark * line + width > place.right()) {
            x = place.left();
            y += line * 1.1;
        }
        if (y + line > place.bottom() + 1.0 || x + kMark * line + width > place.right() + line) return;
        entry.paint(QRectF(x, y + line * 0.15, line * 0.7, line * 0.7));
        painter.setPen(text);
        painter.drawText(QRectF(x + kMark * line, y, width, line), Qt::AlignLeft | Qt::AlignVCenter, entry.text);
        x += (kMark + kGap) * line + width;
    }
}

}  // namespace mergarium
