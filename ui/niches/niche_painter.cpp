#include "ui/niches/niche_painter.h"

#include "ui/members/member_mark.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_readout.h"
#include "ui/theme/color_bar.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("mergarium::NichePainter", text); }

QColor faded(QColor color, double alpha) {
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

QRectF columnRect(const NichePicture& picture, PositionRange positions, const QRectF& band) {
    const auto& g = picture.geometry;
    const double left = std::max(band.left(), g.xOf(static_cast<double>(positions.begin)));
    const double right = std::min(band.right(), g.xOf(static_cast<double>(positions.end)));
    return {left, band.top(), right - left, band.height()};
}

/// Whether a line is drawn where the segment begins; slivers would become a wall of lines.
bool hasBoundary(const NichePicture& picture, const NicheSegment& segment) {
    const auto& g = picture.geometry;
    const double left = g.xOf(static_cast<double>(segment.positions.begin));
    const double right = g.xOf(static_cast<double>(segment.positions.end));
    return segment.positions.begin > 0 && left > g.map.left() && left < g.map.right() && right - left >= 6.0;
}

void paintStrip(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused] = picture;
    const double members = std::max<double>(1.0, static_cast<double>(frame.rows.size()));
    painter.save();
    painter.setClipRect(g.strip);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath path(QPointF(g.xOf(0.0), g.strip.bottom()));
    const auto& bins = frame.raster.bins;
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
        const double top = g.strip.bottom() - std::min(1.0, frame.raster.totals[bin] / members) * g.strip.height();
        if (bin == 0) path.moveTo(g.xOf(static_cast<double>(bins[bin].begin)), g.strip.bottom());
        path.lineTo(g.xOf(static_cast<double>(bins[bin].begin)), top);
        path.lineTo(g.xOf(static_cast<double>(bins[bin].end)), top);
    }
    if (!bins.empty()) path.lineTo(g.xOf(static_cast<double>(bins.back().end)), g.strip.bottom());
    painter.fillPath(path, faded(colors.text, 0.45));
    painter.restore();

    painter.setPen(QPen(colors.grid, 0));
    painter.drawLine(g.strip.topLeft(), g.strip.topRight());
    painter.drawLine(g.strip.bottomLeft(), g.strip.bottomRight());
    painter.setPen(colors.mutedText);
    const QFontMetricsF metrics(painter.font());
    const double tick = metrics.height() * 0.3;
    const auto number = [&](double y, const QString& text) {
        painter.drawText(QRectF(0, y, g.strip.left() - tick, metrics.height()), Qt::AlignRight | Qt::AlignVCenter,
                         text);
    };
    number(g.strip.top() - metrics.height() * 0.35, QString::number(frame.rows.size()));
    number(g.strip.bottom() - metrics.height() * 0.75, QStringLiteral("0"));
    painter.drawText(g.title, Qt::AlignLeft | Qt::AlignVCenter,
                     tr("Niche total z: how many members share a sample (mean of each column)"));
}

void paintUnsolved(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused] = picture;
    painter.fillRect(g.unsolved, faded(colors.grid, 0.5));
    for (std::size_t bin = 0; bin < frame.raster.bins.size(); ++bin) {
        const double part = frame.raster.unsolved[bin];
        if (part <= 0.0) continue;
        auto column = columnRect(picture, frame.raster.bins[bin], g.unsolved);
        if (column.width() <= 0.0) continue;
        painter.fillRect(column, faded(colors.warning, 0.45 + 0.55 * part));
    }
}

void paintMap(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused] = picture;
    painter.fillRect(g.map, colors.absent);
    const auto& bins = frame.raster.bins;
    if (bins.empty()) return;
    painter.save();
    painter.setClipRect(g.map);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    const double left = g.xOf(static_cast<double>(bins.front().begin));
    const double right = g.xOf(static_cast<double>(bins.back().end));
    const double top = g.rowRect(0).top();
    painter.drawImage(QRectF(left, top, right - left, static_cast<double>(frame.rows.size()) * g.rowHeight),
                      frame.image);
    if (g.rowHeight >= 6.0) {
        painter.setPen(QPen(faded(colors.background, 0.35), 0));
        for (std::size_t row = g.firstRow + 1; row < std::min(frame.rows.size(), g.firstRow + g.visibleRows() + 1);
             ++row) {
            const double y = std::round(g.rowRect(row).top());
            painter.drawLine(QPointF(g.map.left(), y), QPointF(g.map.right(), y));
        }
    }
    painter.setPen(QPen(Qt::white, 0));
    for (const auto& segment : frame.segments) {
        const double x = std::round(g.xOf(static_cast<double>(segment.positions.begin)));
        if (hasBoundary(picture, segment)) painter.drawLine(QPointF(x, g.map.top()), QPointF(x, g.map.bottom()));
    }
    painter.restore();
}

void paintSegments(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused] = picture;
    const QFontMetricsF metrics(painter.font());
    for (const auto& segment : frame.segments) {
        const auto visible = columnRect(picture, segment.positions, g.segments);
        if (visible.width() <= 0.0) continue;
        painter.setPen(QPen(colors.mutedText, 0));
        if (hasBoundary(picture, segment))
            painter.drawLine(QPointF(visible.left(), g.map.bottom()), QPointF(visible.left(), g.segments.center().y()));
        if (metrics.horizontalAdvance(segment.label) + 4.0 > visible.width()) continue;
        painter.setPen(colors.text);
        painter.drawText(visible, Qt::AlignCenter, segment.label);
    }
    painter.setPen(colors.mutedText);
    painter.drawText(g.axis, Qt::AlignHCenter | Qt::AlignVCenter,
                     metrics.elidedText(axisText(frame), Qt::ElideRight, g.axis.width()));
}

void paintRows(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused] = picture;
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    double most = 0.0;
    for (const auto& row : frame.rows) most = std::max(most, row.fitness);
    const double number = metrics.horizontalAdvance(QStringLiteral("0000.0"));
    const double room = std::max(1.0, g.bars.width() - number - line * 0.4);
    const auto stride = static_cast<std::size_t>(std::max(1.0, std::ceil(line / g.rowHeight)));

    for (std::size_t row = g.firstRow; row < g.endRow(); ++row) {
        const auto place = g.rowRect(row);
        const double length = most > 0.0 ? frame.rows[row].fitness / most * room : 0.0;
        const double inset = g.rowHeight >= 6.0 ? std::min(g.rowHeight * 0.18, line * 0.3) : 0.0;
        painter.fillRect(QRectF(g.bars.left(), place.top() + inset, length, place.height() - 2 * inset),
                         faded(colors.first, 0.75));
        const double side = std::clamp(g.rowHeight, 5.0, line * 0.75);
        const double x = g.map.left() - line * 0.95;
        const QRectF markPlace(x, place.center().y() - side / 2, line * 0.75, side);
        if (frame.family.newborn == row) paintMark(painter, markPlace, colors.newborn, MemberMark::Newborn);
        if (frame.family.isParent(row)) paintMark(painter, markPlace, colors.parents, MemberMark::Parent);
        if ((row - g.firstRow) % stride != 0) continue;
        const double center = place.center().y();
        painter.setPen(colors.text);
        painter.drawText(QRectF(0, center - line / 2, x - line * 0.2, line), Qt::AlignRight | Qt::AlignVCenter,
                         memberText(frame.rows[row].member->id));
        painter.drawText(QRectF(g.bars.right() - number, center - line / 2, number, line),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(frame.rows[row].fitness, 'f', 1));
    }
    painter.setPen(colors.mutedText);
    painter.drawText(QRectF(g.bars.left(), g.unsolved.center().y() - line / 2, g.bars.width(), line),
                     Qt::AlignLeft | Qt::AlignVCenter, tr("Fitness F"));
}

void paintLegend(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused] = picture;
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    ColorBar bar{.label = tr("Share s/z of a sample"), .ticks = {}};
    for (const double share : {0.0, 0.05, 0.25, 0.5, 1.0})
        bar.ticks.emplace_back(shareToScale(share), QString::number(share));
    double x = g.map.left();
    x += paintColorBar(painter, {x, g.legend.top()}, line * 10.0, colors.text, bar) + line * 1.5;
    const auto entry = [&](const QString& text, auto paint) {
        paint(QRectF(x, g.legend.top() + line * 0.15, line * 0.7, line * 0.7));
        painter.setPen(colors.text);
        const double width = metrics.horizontalAdvance(text) + 2.0;
        painter.drawText(QRectF(x + line, g.legend.top(), width, line), Qt::AlignLeft | Qt::AlignVCenter, text);
        x += line * 2.2 + width;
    };
    entry(tr("unsolved by all"), [&](const QRectF& place) { painter.fillRect(place, colors.warning); });
    if (!frame.family.newborn) return;
    entry(tr("newest member"),
          [&](const QRectF& place) { paintMark(painter, place, colors.newborn, MemberMark::Newborn); });
    if (!frame.family.parents.empty())
        entry(tr("its parents"),
              [&](const QRectF& place) { paintMark(painter, place, colors.parents, MemberMark::Parent); });
}

void paintCursor(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused] = picture;
    if (!cursor || cursor->row >= frame.rows.size() || cursor->position >= frame.sampleCount()) return;
    auto cell = columnRect(picture, columnAt(frame, cursor->position), g.rowRect(cursor->row));
    if (cell.bottom() <= g.map.top() || cell.top() >= g.map.bottom() || cell.width() <= 0.0) return;
    // At least wide enough to be seen; two rings are seen on any colour.
    const double narrow = std::max(0.0, 7.0 - cell.width()) / 2;
    cell.adjust(-narrow, 0, narrow, 0);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::black, 3));
    painter.drawRect(cell);
    painter.setPen(QPen(focused ? QColor(Qt::white) : colors.mutedText, 1.4));
    painter.drawRect(cell);
}

}  // namespace

double barWidthOf(const QFontMetricsF& metrics) {
    return metrics.horizontalAdvance(QStringLiteral("0000.0")) + metrics.height() * 5.0;
}

void paintNiches(QPainter& painter, const NichePicture& picture) {
    paintStrip(painter, picture);
    paintUnsolved(painter, picture);
    paintMap(painter, picture);
    paintSegments(painter, picture);
    paintRows(painter, picture);
    paintCursor(painter, picture);
    paintLegend(painter, picture);
}

}  // namespace mergarium
