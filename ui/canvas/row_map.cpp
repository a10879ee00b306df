#include "ui/canvas/row_map.h"

#include <algorithm>
#include <cmath>

namespace mergarium {

double RowMap::xOf(double position) const {
    return window.span > 0.0 ? map.left() + (position - window.begin) / window.span * map.width() : map.left();
}

double RowMap::positionAt(double x) const {
    return map.width() > 0.0 ? window.begin + (x - map.left()) / map.width() * window.span : window.begin;
}

QRectF RowMap::rowRect(std::size_t row) const {
    const double top = map.top() + (static_cast<double>(row) - static_cast<double>(firstRow)) * rowHeight;
    return {map.left(), top, map.width(), rowHeight};
}

std::optional<std::size_t> RowMap::rowAt(double y) const {
    if (y < map.top() || y >= map.bottom()) return {};
    const auto row = firstRow + static_cast<std::size_t>((y - map.top()) / rowHeight);
    return row < rows ? std::optional(row) : std::nullopt;
}

std::size_t RowMap::visibleRows() const {
    return std::max<std::size_t>(1, static_cast<std::size_t>(map.height() / rowHeight + 1e-6));
}

std::size_t RowMap::endRow() const { return std::min(rows, firstRow + visibleRows()); }

std::size_t RowMap::lastFirstRow() const { return rows - std::min(rows, visibleRows()); }

std::vector<std::size_t> RowMap::labelledRows(double height, std::optional<std::size_t> preferred) const {
    const auto stride = static_cast<std::size_t>(std::max(1.0, std::ceil(height / rowHeight)));
    const auto isFar = [&](std::size_t row) {
        const auto between = row < *preferred ? *preferred - row : row - *preferred;
        return static_cast<double>(between) * rowHeight >= height;
    };
    std::vector<std::size_t> labelled;
    for (auto row = firstRow; row < endRow(); ++row)
        if (preferred == row || ((row - firstRow) % stride == 0 && (!preferred || isFar(row)))) labelled.push_back(row);
    return labelled;
}

void RowMap::place(const QRectF& area, double least, double most) {
    rowHeight = rows > 0 ? std::max(least, area.height() / static_cast<double>(rows)) : area.height();
    rowHeight = std::min(rowHeight, most);
    const double used = std::min(area.height(), std::max(1.0, static_cast<double>(rows)) * rowHeight);
    map = {area.left(), area.top(), area.width(), used};
    firstRow = std::min(firstRow, lastFirstRow());
}

}  // namespace mergarium
