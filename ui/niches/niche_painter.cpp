#include "ui/niches/niche_painter.h"

#include "ui/canvas/legend_entries.h"
#include "ui/members/member_mark.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_readout.h"
#include "ui/theme/cells.h"
#include "ui/theme/color_bar.h"
#include "ui/theme/theme.h"
#include "ui/theme/translation.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <vector>

namespace mergarium {
namespace {

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
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
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
    painter.fillPath(path, colors.mutedText);
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
                     metrics.elidedText(frame.baseline.empty()
                                            ? tr("Niche total z: how many members share a sample (mean of each column)")
                                            : tr("Niche total z: scores above the worst, added up over the members "
                                                 "(mean of each column)"),
                                        Qt::ElideRight, g.title.width()));
}

void paintUnsolved(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    painter.fillRect(g.unsolved, faded(colors.grid, 0.5));
    for (std::size_t bin = 0; bin < frame.raster.bins.size(); ++bin) {
        const double part = frame.raster.unsolved[bin];
        if (part <= 0.0) continue;
        auto column = columnRect(picture, frame.raster.bins[bin], g.unsolved);
        if (column.width() <= 0.0) continue;
        painter.fillRect(column, faded(colors.warning, kStandsBack + (1.0 - kStandsBack) * part));
    }
}

void paintMap(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    painter.fillRect(g.map, colors.absent);
    const auto& bins = frame.raster.bins;
    if (bins.empty()) return;
    painter.save();
    painter.setClipRect(g.map);
    const double left = g.xOf(static_cast<double>(bins.front().begin));
    const double right = g.xOf(static_cast<double>(bins.back().end));
    const double top = g.rowRect(0).top();
    paintCells(painter, QRectF(left, top, right - left, static_cast<double>(frame.rows.size()) * g.rowHeight),
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
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
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

QString measureText(const NicheFrame& frame) {
    switch (frame.scale.measure) {
        case NicheMeasure::Share: return tr("Share s/z of a sample");
        case NicheMeasure::Score: return tr("Score s");
        case NicheMeasure::Solved: return tr("Solved");
        case NicheMeasure::Difference: return tr("Score less %1's").arg(memberText(*frame.reference));
    }
    return {};
}

/// Where the fitness bars begin: not at 0 where that would make all of them look alike.
double fitnessBase(const NicheFrame& frame) {
    const auto [least, most] = std::ranges::minmax(frame.rows, {}, &RankedMember::fitness);
    const double base = least.fitness - 0.25 * (most.fitness - least.fitness);
    return base > 0.5 * most.fitness ? base : 0.0;
}

void paintRows(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    const double base = fitnessBase(frame);
    const double span = std::ranges::max(frame.rows, {}, &RankedMember::fitness).fitness - base;
    const double number = metrics.horizontalAdvance(QStringLiteral("0000.0"));
    const double room = std::max(1.0, g.bars.width() - number - line * 0.4);
    for (std::size_t row = g.firstRow; row < g.endRow(); ++row) {
        const auto place = g.rowRect(row);
        const double length = span > 0.0 ? (frame.rows[row].fitness - base) / span * room : 0.0;
        const double inset = g.rowHeight >= 6.0 ? std::min(g.rowHeight * 0.18, line * 0.3) : 0.0;
        painter.fillRect(QRectF(g.bars.left(), place.top() + inset, length, place.height() - 2 * inset),
                         faded(colors.first, kStandsBack));
        const double side = std::clamp(g.rowHeight, 5.0, line * 0.75);
        const double x = g.map.left() - line * 0.95;
        const QRectF markPlace(x, place.center().y() - side / 2, line * 0.75, side);
        if (frame.family.newborn == row) paintMark(painter, markPlace, colors.newborn, MemberMark::Newborn);
        if (frame.family.isParent(row)) paintMark(painter, markPlace, colors.parents, MemberMark::Parent);
    }
    painter.setPen(colors.text);
    for (const auto row : g.labelledRows(line, selected.row)) {
        const double center = g.rowRect(row).center().y();
        painter.drawText(QRectF(0, center - line / 2, g.map.left() - line * 1.15, line),
                         Qt::AlignRight | Qt::AlignVCenter, memberText(frame.rows[row].member->id));
        painter.drawText(QRectF(g.bars.right() - number, center - line / 2, number, line),
                         Qt::AlignRight | Qt::AlignVCenter, fitnessText(frame.rows[row].fitness));
    }
    painter.setPen(colors.mutedText);
    painter.drawText(QRectF(g.bars.left(), g.unsolved.center().y() - line / 2, g.bars.width(), line),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     base > 0.0 ? tr("Fitness F from %1").arg(fitnessText(base)) : tr("Fitness F"));
}

void paintLegend(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    ColorBar bar{.label = measureText(frame),
                 .ticks = frame.scale.ticks(),
                 .color = [scale = frame.scale](double place) { return scale.colorAt(place); }};
    std::vector<LegendEntry> entries{
        {tr("unsolved by all"), [&](const QRectF& place) { painter.fillRect(place, picture.colors.warning); }}};
    if (frame.family.newborn)
        entries.push_back({tr("newest member"), [&](const QRectF& place) {
                               paintMark(painter, place, picture.colors.newborn, MemberMark::Newborn);
                           }});
    if (frame.family.newborn && !frame.family.parents.empty())
        entries.push_back({tr("its parents"), [&](const QRectF& place) {
                               paintMark(painter, place, picture.colors.parents, MemberMark::Parent);
                           }});
    // Where there is little room, the labels' too, and fewer words.
    const double taken = metrics.horizontalAdvance(bar.label) + line * 10.1;
    const bool fits = g.map.left() + taken + entriesWidth(metrics, entries) <= g.legend.right();
    if (!fits && frame.scale.measure == NicheMeasure::Share) bar.label = tr("Share s/z");
    auto rest = g.legend;
    rest.setLeft(fits ? g.map.left() : 0.0);
    rest.setLeft(rest.left() + paintColorBar(painter, rest.topLeft(), line * 8.0, colors.text, bar) + line * 1.5);
    paintEntries(painter, rest, colors.text, entries);
}

void paintSelection(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    if (selected.position && *selected.position < frame.sampleCount())
        paintSelectedColumn(painter, g, columnAt(frame, *selected.position), g.unsolved.top(), colors);
    paintSelectedRow(painter, g, selected, g.labels.left(), colors);
}

void paintCursor(QPainter& painter, const NichePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
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
    paintSelection(painter, picture);
    paintCursor(painter, picture);
    paintLegend(painter, picture);
}

}  // namespace mergarium
