#pragma once

#include "ui/attraction/attraction_frame.h"
#include "ui/theme/theme.h"

#include <QRectF>

#include <optional>
#include <utility>

class QFontMetricsF;
class QPainter;

namespace mergarium {

/// Row and column: parent 1 and parent 2.
using AttractionCell = std::pair<std::size_t, std::size_t>;

struct AttractionPicture {
    const AttractionFrame& frame;
    /// attractionMap's.
    QRectF map;
    const Colors& colors;
    std::optional<std::size_t> selected = {};
    std::optional<AttractionCell> marked = {}, cursor = {};
    bool focused = false;
};

/// Where the matrix stands on a canvas, with room for its labels and its scale.
QRectF attractionMap(const AttractionFrame& frame, const QSizeF& size, const QFontMetricsF& metrics);
QRectF attractionCell(const QRectF& map, std::size_t members, const AttractionCell& cell);

/// Paints all of the canvas in the painter's font; there is one member at least.
void paintAttraction(QPainter& painter, const AttractionPicture& picture);

}  // namespace mergarium
