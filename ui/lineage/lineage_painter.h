#pragma once

#include "core/run/snapshot.h"
#include "ui/lineage/lineage_layout.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>

#include <cstddef>
#include <optional>
#include <vector>

class QPainter;

namespace mergarium {

struct LineagePicture {
    const LineageLayout& layout;
    const SessionSnapshot& snapshot;
    const Colors& colors;
    std::optional<std::size_t> subject, selected, cursor;
    bool focused = false;
    /// On a screen: what of the layout is seen. Nothing else is painted, and no words too small to be read.
    std::optional<QRectF> seen = {};
};

/// Paints the layout from its origin on, in the painter's font and scale.
void paintLineage(QPainter& painter, const LineagePicture& picture);
/// What the colours mean; `width` is what there is of room.
void paintLineageLegend(QPainter& painter, const Colors& colors, QPointF topLeft, double width);

/// What a box needs.
QSizeF lineageBoxSize(const QFontMetricsF& metrics);

/// One of each relative: whether it is in the archive.
std::vector<bool> livingOf(const LineageLayout& layout, const SessionSnapshot& snapshot);

/// What part of a child comes from its second parent, in [0, 1], mutation aside.
double shareOfSecond(const Splice& splice, std::uint64_t length);
/// Everything that is known of a relative, in words.
QString relativeText(const Relative& relative, const SessionSnapshot& snapshot);

}  // namespace mergarium
