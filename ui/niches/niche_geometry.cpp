#include "ui/niches/niche_geometry.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr double kFewestSamples = 8.0;

}  // namespace

PositionWindow PositionWindow::within(std::size_t count) const {
    const auto all = static_cast<double>(count);
    PositionWindow window{begin, span > 0.0 ? std::clamp(span, std::min(kFewestSamples, all), all) : all};
    window.begin = std::clamp(begin, 0.0, all - window.span);
    return window;
}

PositionWindow PositionWindow::zoomed(double factor, double anchor) const {
    return {anchor - (anchor - begin) * factor, span * factor};
}

double NicheGeometry::xOf(double position) const {
    return window.span > 0.0 ? map.left() + (position - window.begin) / window.span * map.width() : map.left();
}

double NicheGeometry::positionAt(double x) const {
    return map.width() > 0.0 ? window.begin + (x - map.left()) / map.width() * window.span : window.begin;
}

QRectF NicheGeometry::rowRect(std::size_t row) const {
    const double top = map.top() + (static_cast<double>(row) - static_cast<double>(firstRow)) * rowHeight;
    return {map.left(), top, map.width(), rowHeight};
}

std::optional<std::size_t> NicheGeometry::rowAt(double y) const {
    if (y < map.top() || y >= map.bottom()) return {};
    const auto row = firstRow + static_cast<std::size_t>((y - map.top()) / rowHeight);
    return row < rows ? std::optional(row) : std::nullopt;
}

std::size_t NicheGeometry::visibleRows() const {
    return std::max<std::size_t>(1, static_cast<std::size_t>(map.height() / rowHeight + 1e-6));
}

std::size_t NicheGeometry::lastFirstRow() const { return rows - std::min(rows, visibleRows()); }

NicheGeometry layOut(const QSizeF& size, const QFontMetricsF& metrics, const NicheExtent& extent) {
    const double line = metrics.height();
    const double gap = std::round(line * 0.3);
    const double left = std::round(extent.labelWidth + line * 1.6);
    const double right = std::round(size.width() - extent.barWidth - gap);
    const double width = std::max(1.0, right - left - gap);

    NicheGeometry geometry;
    geometry.title = {left, 0.0, width, line};
    geometry.strip = {left, std::round(line * 1.1), width, std::round(line * 3.0)};
    geometry.unsolved = {left, geometry.strip.bottom() + 2.0, width, std::round(line * 0.7)};
    geometry.legend = {0.0, std::round(size.height() - line * 2.1), size.width(), line * 2.1};
    geometry.axis = {left, std::round(geometry.legend.top() - line * 1.5), width, line};
    geometry.segments = {left, std::round(geometry.axis.top() - line * 1.15), width, line};
    const double top = geometry.unsolved.bottom() + gap;
    const double height = std::max(line, geometry.segments.top() - gap - top);

    geometry.rows = extent.rows;
    geometry.window = extent.window;
    const double least = std::max(2.0, std::round(line * 0.25));
    geometry.rowHeight = extent.rows > 0 ? std::max(least, height / static_cast<double>(extent.rows)) : height;
    // A few members shouldn't become walls.
    geometry.rowHeight = std::min(geometry.rowHeight, line * 5.0);
    const double used = std::min(height, std::max(1.0, static_cast<double>(extent.rows)) * geometry.rowHeight);
    geometry.map = {left, top, width, used};
    geometry.segments.moveTop(geometry.map.bottom() + gap);
    geometry.axis.moveTop(geometry.segments.bottom() + line * 0.15);
    geometry.labels = {0.0, top, left, used};
    geometry.bars = {right, top, size.width() - right, used};
    geometry.firstRow = std::min(extent.firstRow, geometry.lastFirstRow());
    return geometry;
}

}  // namespace mergarium
