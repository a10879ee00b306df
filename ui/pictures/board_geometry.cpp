#include "ui/pictures/board_geometry.h"

#include "core/images/encoded_picture.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

using Form = BoardContent::Form;

/// In lines of text.
constexpr double kLeastSide = 4.5;
constexpr double kWallSide = 7.0;
constexpr double kLeastCaption = 9.0;
constexpr double kMostCaption = 16.0;
/// Of the founders' bar, with the space around it.
constexpr double kBarRoom = 0.5;

/// Where nothing but the side is open.
BoardGeometry framed(const BoardContent& content, double width, const QFontMetricsF& metrics) {
    const double line = metrics.height();
    BoardGeometry geometry;
    geometry.count = content.size();
    geometry.gap = std::round(line * 0.5);
    geometry.label = std::round(line * (content.form == Form::Wall ? 1.0 + kBarRoom : 1.0));
    if (content.form != Form::Table) return geometry;
    geometry.perRow = std::max<std::size_t>(1, content.perRow);
    geometry.left = std::round(std::clamp(width * 0.2, kLeastCaption * line, kMostCaption * line));
    geometry.top = std::round(line * (1.0 + kBarRoom) + geometry.gap);
    return geometry;
}

double sideFor(const BoardGeometry& geometry, double width) {
    const auto columns = static_cast<double>(geometry.perRow);
    return std::floor((width - geometry.left - geometry.gap) / columns - geometry.gap);
}

}  // namespace

QSizeF BoardGeometry::size() const {
    return {left + gap + static_cast<double>(std::min(count, perRow)) * (side + gap),
            top + gap + static_cast<double>(rows()) * rowHeight()};
}

QRectF BoardGeometry::picture(std::size_t index) const {
    const auto column = static_cast<double>(index % perRow), row = static_cast<double>(index / perRow);
    return {left + gap + column * (side + gap), top + gap + row * rowHeight(), side, side};
}

QRectF BoardGeometry::cell(std::size_t index) const { return picture(index).adjusted(0, 0, 0, label); }

QRectF BoardGeometry::caption(std::size_t row) const {
    const auto first = cell(row * perRow);
    return {gap, first.top(), left - gap, first.height()};
}

QRectF BoardGeometry::heading(std::size_t column) const {
    const auto first = picture(column);
    return {first.left(), gap, first.width(), top - gap};
}

std::optional<std::size_t> BoardGeometry::at(QPointF point) const {
    const double x = point.x() - left - gap, y = point.y() - top - gap;
    if (x < 0.0 || y < 0.0) return {};
    const auto column = static_cast<std::size_t>(x / (side + gap)), row = static_cast<std::size_t>(y / rowHeight());
    const auto index = row * perRow + column;
    if (column >= perRow || index >= count || !cell(index).contains(point)) return {};
    return index;
}

BoardGeometry boardGeometry(const BoardContent& content, QSizeF room, const QFontMetricsF& metrics) {
    auto geometry = framed(content, room.width(), metrics);
    const double least = std::round(kLeastSide * metrics.height());
    if (content.form != Form::Table) {
        const double usual = kWallSide * metrics.height();
        geometry.perRow =
            std::max<std::size_t>(1, static_cast<std::size_t>((room.width() - geometry.gap) / (usual + geometry.gap)));
        geometry.perRow = std::min(geometry.perRow, std::max<std::size_t>(1, geometry.count));
    }
    double side = sideFor(geometry, room.width());
    if (content.form == Form::Table)
        side = std::min(
            side, std::max(least, std::floor(room.height() - geometry.top - geometry.label - 2.0 * geometry.gap)));
    geometry.side = std::clamp(side, least, static_cast<double>(kThumbnailSide));
    return geometry;
}

BoardGeometry printedGeometry(const BoardContent& content, QSizeF room, const QFontMetricsF& metrics) {
    auto geometry = framed(content, room.width(), metrics);
    // Of a wall as many in a row as make pictures largest.
    const auto fitting = [&](std::size_t perRow) {
        geometry.perRow = std::max<std::size_t>(1, perRow);
        const auto rows = static_cast<double>(std::max<std::size_t>(1, geometry.rows()));
        const double high = (room.height() - geometry.top - geometry.gap) / rows - geometry.label - geometry.gap;
        return std::max(1.0, std::min(sideFor(geometry, room.width()), std::floor(high)));
    };
    auto best = geometry.perRow;
    if (content.form != Form::Table)
        for (std::size_t perRow = 1; perRow <= geometry.count; ++perRow)
            if (fitting(perRow) > fitting(best)) best = perRow;
    geometry.side = fitting(best);
    return geometry;
}

}  // namespace mergarium
