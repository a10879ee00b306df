#pragma once

#include "core/store/family.h"

#include <QPainterPath>
#include <QRectF>

#include <cstddef>
#include <memory>
#include <vector>

namespace mergarium {

/// A line from a parent down to its child; one for both parents where they are the same.
struct LineageLine {
    /// Indices into the family.
    std::size_t parent = 0, child = 0;
    bool fromFirst = true, fromSecond = false;
    QPainterPath path;
};

/// A family laid out, ancestors above, in logical pixels. Immutable once made.
struct LineageLayout {
    Family family;
    /// One per relative.
    std::vector<QRectF> boxes;
    std::vector<LineageLine> lines;
    QSizeF size;
};

using LineageLayoutPtr = std::shared_ptr<const LineageLayout>;

/// Layers with few crossings (Gansner et al., "A technique for drawing directed graphs", 1993, as in Graphviz). For a
/// worker thread: 250 relatives take 70 ms. Throws std::runtime_error when Graphviz can't.
LineageLayoutPtr layOut(Family family, QSizeF box);

}  // namespace mergarium
