#include "ui/theme/color_bar.h"

#include "ui/theme/cells.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>

namespace mergarium {

double paintColorBar(QPainter& painter, QPointF topLeft, double barWidth, const QColor& text, const ColorBar& bar) {
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    const double labelWidth = metrics.horizontalAdvance(bar.label);
    const QRectF scale(topLeft.x() + labelWidth + line * 0.6, topLeft.y() + line * 0.15, barWidth, line * 0.7);

    painter.setPen(text);
    painter.drawText(QRectF(topLeft.x(), topLeft.y(), labelWidth + 1, line), Qt::AlignLeft | Qt::AlignVCenter,
                     bar.label);
    constexpr int kColors = 256;
    QImage colors(kColors, 1, QImage::Format_RGB32);
    for (int x = 0; x < kColors; ++x) colors.setPixel(x, 0, bar.color(x / double(kColors - 1)));
    paintCells(painter, scale, colors);

    for (const auto& [place, number] : bar.ticks) {
        const double x = scale.left() + place * scale.width();
        painter.drawLine(QPointF(x, scale.bottom()), QPointF(x, scale.bottom() + line * 0.15));
        const double width = metrics.horizontalAdvance(number);
        painter.drawText(QPointF(x - width / 2, scale.bottom() + line * 0.15 + metrics.ascent()), number);
    }
    return scale.right() - topLeft.x();
}

}  // namespace mergarium
