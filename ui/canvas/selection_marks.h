#pragma once

#include "core/archive/coverage.h"
#include "ui/canvas/row_map.h"
#include "ui/theme/theme.h"

#include <cstddef>
#include <optional>

class QPainter;

namespace mergarium {

/// What is selected, as far as it is on a canvas.
struct CanvasSelection {
    std::optional<std::size_t> row;
    std::optional<std::size_t> position;
};

/// The frame around what is selected, seen on any colour: the accent between two lines of the background.
void paintSelectionFrame(QPainter& painter, const QRectF& frame, const Colors& colors);
/// Frames the selected row from `left`, where it is as high as a label, to the map's right edge, if it is in view.
void paintSelectedRow(QPainter& painter, const RowMap& places, const CanvasSelection& selected, double left,
                      const Colors& colors);
/// Frames the column of the selected position from `top` to the map's bottom, if it is in view. `column`: its
/// positions.
void paintSelectedColumn(QPainter& painter, const RowMap& places, PositionRange column, double top,
                         const Colors& colors);

}  // namespace mergarium
