#include "ui/niches/niche_geometry.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace mergarium {
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
    geometry.firstRow = extent.firstRow;
    geometry.window = extent.window;
    // A few members shouldn't become walls.
    const double least = extent.allRows ? 0.0 : std::max(2.0, std::round(line * 0.25));
    geometry.place({left, top, width, height}, least, line * 5.0);
    geometry.segments.moveTop(geometry.map.bottom() + gap);
    geometry.axis.moveTop(geometry.segments.bottom() + line * 0.15);
    geometry.labels = {0.0, top, left, geometry.map.height()};
    geometry.bars = {right, top, size.width() - right, geometry.map.height()};
    return geometry;
}

}  // namespace mergarium
