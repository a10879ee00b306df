#pragma once

#include "ui/canvas/row_canvas.h"
#include "ui/canvas/selection_marks.h"
#include "ui/genome/genome_frame.h"
#include "ui/genome/genome_geometry.h"
#include "ui/theme/theme.h"

#include <optional>

class QPainter;

namespace mergarium {

struct GenomePicture {
    const GenomeFrame& frame;
    const GenomeGeometry& geometry;
    const Colors& colors;
    std::optional<CanvasCell> cursor;
    bool focused = false;
    CanvasSelection selected = {};
};

/// Paints all of the canvas in the painter's font.
void paintGenomes(QPainter& painter, const GenomePicture& picture);

}  // namespace mergarium
