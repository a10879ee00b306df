#pragma once

#include "ui/niches/niche_frame.h"
#include "ui/niches/niche_geometry.h"
#include "ui/theme/theme.h"

#include <optional>

class QPainter;

namespace mergarium {

/// The keyboard's cell, or a whole column where there is no row.
struct NicheCell {
    std::size_t position = 0;
    std::size_t row = 0;
};

struct NichePicture {
    const NicheFrame& frame;
    const NicheGeometry& geometry;
    const Colors& colors;
    std::optional<NicheCell> cursor;
    bool focused = false;
};

/// Paints all of the canvas in the painter's font.
void paintNiches(QPainter& painter, const NichePicture& picture);

/// What the left gutter and the fitness bars need.
double labelWidthOf(const NicheFrame& frame, const QFontMetricsF& metrics);
double barWidthOf(const QFontMetricsF& metrics);

}  // namespace mergarium
