#pragma once

#include "core/run/snapshot.h"
#include "ui/lineage/lineage_layout.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>

#include <cstddef>
#include <optional>

class QPainter;

namespace mergarium {

struct LineagePicture {
    const LineageLayout& layout;
    const SessionSnapshot& snapshot;
    const Colors& colors;
    std::optional<std::size_t> subject, selected, cursor;
    bool focused = false;
};

/// Paints the layout from its origin on, in the painter's font and scale.
void paintLineage(QPainter& painter, const LineagePicture& picture);
/// What the colours mean; `width` is what there is of room.
void paintLineageLegend(QPainter& painter, const Colors& colors, QPointF topLeft, double width);

/// What a box needs.
QSizeF lineageBoxSize(const QFontMetricsF& metrics);

/// What part of a child comes from its second parent, in [0, 1], mutation aside.
double shareOfSecond(const Splice& splice, std::uint64_t length);
/// Everything that is known of a relative, in words.
QString relativeText(const Relative& relative, const SessionSnapshot& snapshot);

}  // namespace mergarium
