#pragma once

#include "ui/canvas/row_canvas.h"
#include "ui/canvas/selection_marks.h"
#include "ui/niches/niche_frame.h"
#include "ui/niches/niche_geometry.h"
#include "ui/theme/theme.h"

#include <optional>

class QPainter;

namespace mergarium {

struct NichePicture {
    const NicheFrame& frame;
    const NicheGeometry& geometry;
    const Colors& colors;
    std::optional<CanvasCell> cursor;
    bool focused = false;
    CanvasSelection selected = {};
};

/// Paints all of the canvas in the painter's font.
void paintNiches(QPainter& painter, const NichePicture& picture);

/// What the fitness bars need.
double barWidthOf(const QFontMetricsF& metrics);

}  // namespace mergarium
