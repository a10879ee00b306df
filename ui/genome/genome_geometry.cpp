#include "ui/genome/genome_geometry.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace mergarium {

GenomeGeometry layOut(const QSizeF& size, const QFontMetricsF& metrics, const GenomeExtent& extent) {
    const double line = metrics.height();
    const double gap = std::round(line * 0.3);
    const double left = std::round(extent.labelWidth + line * 1.6);
    const double fitnessWidth = metrics.horizontalAdvance(QStringLiteral("0000.0")) + gap;
    const double width = std::max(1.0, std::round(size.width() - left - fitnessWidth - gap));
    const double bottom = size.height();

    GenomeGeometry geometry;
    geometry.legend = {left, bottom - line * 2.2, width + fitnessWidth, line * 2.2};
    geometry.caption = {left, std::round(geometry.legend.top() - line * 1.4), width, line};
    geometry.positions = {left, std::round(geometry.caption.top() - line * 1.4), width, line * 1.3};
    geometry.layers = {left, std::round(line * 0.2), width, std::round(line * 1.2)};
    geometry.tensors = {left, geometry.layers.bottom() + 1.0, width, std::round(line * 1.2)};
    // A few have a line each; many share what four have.
    const auto lanes = static_cast<double>(extent.chromosomes);
    const double lane = extent.chromosomes > 4 ? std::max(3.0, std::round(line * 3.6 / lanes)) : std::round(line * 0.9);
    geometry.chromosomes = {left, geometry.tensors.bottom() + (lanes > 0.0 ? gap : 0.0), width, lanes * lane};
    const double top = geometry.chromosomes.bottom() + gap;

    geometry.rows = extent.rows;
    geometry.firstRow = extent.firstRow;
    geometry.window = extent.window;
    geometry.place({left, top, width, std::max(line, geometry.positions.top() - gap - top)},
                   extent.allRows ? 0.0 : std::max(2.0, std::round(line * 0.25)), line * 4.0);
    geometry.positions.moveTop(geometry.map.bottom() + 1.0);
    geometry.caption.moveTop(geometry.positions.bottom() + line * 0.1);
    geometry.labels = {0.0, top, left, geometry.map.height()};
    geometry.fitness = {geometry.map.right() + gap, top, fitnessWidth - gap, geometry.map.height()};
    return geometry;
}

}  // namespace mergarium
