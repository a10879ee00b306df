#include "ui/theme/cells.h"

#include <QColor>
#include <QImage>
#include <QPaintEngine>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace mergarium {
namespace {

constexpr std::size_t kMostAreas = 4096;
/// Of an enlarged image: finer than paper is looked at.
constexpr double kDotsPerUnit = 4.0;

/// Neighbours of one colour in a row.
struct Area {
    int row = 0, begin = 0, end = 0;
    QColor color;
};

/// Empty where they are too many.
std::vector<Area> areasOf(const QImage& cells) {
    std::vector<Area> areas;
    for (int row = 0; row < cells.height(); ++row)
        for (int begin = 0, end = 0; begin < cells.width(); begin = end) {
            const auto pixel = cells.pixel(begin, row);
            while (end < cells.width() && cells.pixel(end, row) == pixel) ++end;
            if (areas.size() == kMostAreas) return {};
            areas.push_back({row, begin, end, QColor::fromRgba(pixel)});
        }
    return areas;
}

/// Each reaches below the next ones: where edges are smoothed, light would shine through between them.
void paintAreas(QPainter& painter, const QRectF& place, const QImage& cells, const std::vector<Area>& areas) {
    constexpr double kBelow = 1.0;
    const double width = place.width() / cells.width(), height = place.height() / cells.height();
    painter.save();
    painter.setPen(Qt::NoPen);
    for (const auto& [row, begin, end, color] : areas) {
        if (color.alpha() == 0) continue;
        const QRectF area(place.left() + begin * width, place.top() + row * height, (end - begin) * width, height);
        painter.setBrush(color);
        painter.drawRect(area.adjusted(0.0, 0.0, kBelow, kBelow) & place);
    }
    painter.restore();
}

}  // namespace

void paintCells(QPainter& painter, const QRectF& place, const QImage& cells) {
    if (cells.isNull() || place.isEmpty()) return;
    const auto medium = painter.paintEngine()->type();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    if (medium != QPaintEngine::SVG && medium != QPaintEngine::Pdf) return painter.drawImage(place, cells);
    if (const auto areas = areasOf(cells); !areas.empty()) return paintAreas(painter, place, cells, areas);
    const auto enlarged = [](double room, int count) {
        return count * std::clamp(static_cast<int>(std::ceil(room * kDotsPerUnit / count)), 1, 64);
    };
    painter.drawImage(place,
                      cells.scaled(enlarged(place.width(), cells.width()), enlarged(place.height(), cells.height())));
}

}  // namespace mergarium
