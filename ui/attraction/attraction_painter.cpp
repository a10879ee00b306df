#include "ui/attraction/attraction_painter.h"

#include "ui/canvas/row_map.h"
#include "ui/canvas/selection_marks.h"
#include "ui/members/member_text.h"
#include "ui/theme/cells.h"
#include "ui/theme/color_bar.h"
#include "ui/theme/translation.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

double labelWidth(const AttractionFrame& frame, const QFontMetricsF& metrics) {
    std::uint64_t largest = 100;
    for (const auto member : frame.members) largest = std::max(largest, member.value);
    return metrics.horizontalAdvance('#' + QString(QString::number(largest).size(), '0'));
}

QRectF cellOn(const AttractionPicture& picture, std::size_t a, std::size_t b) {
    return attractionCell(picture.map, picture.frame.members.size(), {a, b});
}

void paintGaps(QPainter& painter, const AttractionPicture& picture) {
    const auto& area = picture.map;
    const double side = area.width() / static_cast<double>(picture.frame.members.size());
    if (side < 8.0) return;
    painter.setPen(QPen(faded(picture.colors.background, 0.35), 0));
    for (std::size_t i = 1; i < picture.frame.members.size(); ++i) {
        const double way = std::round(static_cast<double>(i) * side);
        painter.drawLine(QPointF(area.left() + way, area.top()), QPointF(area.left() + way, area.bottom()));
        painter.drawLine(QPointF(area.left(), area.top() + way), QPointF(area.right(), area.top() + way));
    }
}

void paintLabelsOf(QPainter& painter, const AttractionPicture& picture, std::size_t index) {
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    const double label = labelWidth(picture.frame, metrics);
    const auto cell = cellOn(picture, index, index);
    const auto& area = picture.map;
    const auto text = memberText(picture.frame.members[index]);
    painter.drawText(QRectF(area.left() - label - line * 0.3, cell.center().y() - line / 2, label, line),
                     Qt::AlignRight | Qt::AlignVCenter, text);
    painter.save();
    painter.translate(cell.center().x(), area.top() - line * 0.3);
    painter.rotate(-90);
    painter.drawText(QRectF(0, -line / 2, label, line), Qt::AlignLeft | Qt::AlignVCenter, text);
    painter.restore();
}

void paintLabels(QPainter& painter, const AttractionPicture& picture) {
    const auto& area = picture.map;
    const double line = QFontMetricsF(painter.font()).height();
    const double cell = area.width() / static_cast<double>(picture.frame.members.size());
    const auto members = picture.frame.members.size();
    const RowMap rows{.map = area, .rows = members, .rowHeight = cell};
    painter.setPen(picture.colors.text);
    for (const auto i : rows.labelledRows(line, picture.selected)) paintLabelsOf(painter, picture, i);
    painter.setPen(picture.colors.mutedText);
    painter.drawText(QRectF(area.left(), 0, area.width(), line), Qt::AlignHCenter | Qt::AlignVCenter,
                     tr("Parent 2, fittest first"));
    painter.save();
    painter.translate(0, area.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-area.height() / 2, 0, area.height(), line), Qt::AlignHCenter | Qt::AlignVCenter,
                     tr("Parent 1, fittest first"));
    painter.restore();
}

void paintSelected(QPainter& painter, const AttractionPicture& picture) {
    if (!picture.selected) return;
    const auto index = *picture.selected;
    const auto& area = picture.map;
    const auto cell = cellOn(picture, index, index);
    paintSelectionFrame(painter, {area.left(), cell.top(), area.width(), cell.height()}, picture.colors);
    paintSelectionFrame(painter, {cell.left(), area.top(), cell.width(), area.height()}, picture.colors);
}

void paintRing(QPainter& painter, QRectF ring, const QColor& color) {
    const double grow = std::max(0.0, 8.0 - ring.width()) / 2;
    ring.adjust(-grow, -grow, grow, grow);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::black, 4));
    painter.drawRect(ring);
    painter.setPen(QPen(color, 2));
    painter.drawRect(ring);
}

}  // namespace

QRectF attractionMap(const AttractionFrame& frame, const QSizeF& size, const QFontMetricsF& metrics) {
    const double line = metrics.height();
    // Column labels stand upright above, one line of words over them; the row's words stand upright at the left.
    const double before = line * 1.6 + labelWidth(frame, metrics);
    const double side =
        std::max(line, std::min(size.width() - before - line * 0.5, size.height() - before - line * 3.2));
    return {std::round(before), std::round(before), std::floor(side), std::floor(side)};
}

QRectF attractionCell(const QRectF& map, std::size_t members, const AttractionCell& cell) {
    const double side = map.width() / static_cast<double>(members);
    return {map.left() + static_cast<double>(cell.second) * side, map.top() + static_cast<double>(cell.first) * side,
            side, side};
}

void paintAttraction(QPainter& painter, const AttractionPicture& picture) {
    const auto& [frame, area, colors, selected, marked, cursor, focused] = picture;
    paintCells(painter, area, frame.image);
    paintGaps(painter, picture);
    paintLabels(painter, picture);
    const double line = QFontMetricsF(painter.font()).height();
    const ColorBar bar{
        .label = tr("Attraction g"),
        .ticks = {
            {0.0, QStringLiteral("0")}, {0.5, numberText(frame.largest / 2, 1)}, {1.0, numberText(frame.largest, 1)}}};
    paintColorBar(painter, {area.left(), area.bottom() + line * 0.8}, line * 8, colors.text, bar);

    paintSelected(painter, picture);
    if (marked) paintRing(painter, cellOn(picture, marked->first, marked->second), colors.newborn);
    if (cursor)
        paintRing(painter, cellOn(picture, cursor->first, cursor->second),
                  focused ? QColor(Qt::white) : colors.mutedText);
}

}  // namespace mergarium
