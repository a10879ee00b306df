#pragma once

#include "ui/compare/comparison_measure.h"
#include "ui/theme/theme.h"

#include <QImage>
#include <QSize>

#include <memory>
#include <optional>
#include <set>

class QPainter;

namespace mergarium {

/// What of a comparison is to be drawn, and how large.
struct CurvesRequest {
    std::shared_ptr<const Comparison> comparison;
    std::size_t measure = 0;
    /// Drawn over the others, which become faint.
    std::optional<std::size_t> stressed;
    std::set<std::size_t> hidden;
    /// Of the area between the axes, in pixels of the screen.
    QSize size;
    double pixelRatio = 1.0;
    Colors colors;
};

/// The arms' mean curves, each with a band of one standard error, painted; and the ranges of the axes that this is for.
struct CurvesFrame {
    CurvesRequest request;
    /// From no evaluation to this many.
    double end = 1.0;
    /// What the vertical axis spans, in the measure's unit; the same where there is nothing to be seen.
    double least = 0.0;
    double most = 0.0;
    /// Null where there is no room.
    QImage image;
};
using CurvesFramePtr = std::shared_ptr<const CurvesFrame>;

/// Many curves take longer to paint than a window may stand still: any thread.
CurvesFramePtr makeCurvesFrame(const CurvesRequest& request);

/// What the axes span for a frame's request.
void findExtent(CurvesFrame& frame);
/// Paints the curves of a frame from (0, 0) to its size.
void paintCurves(QPainter& painter, const CurvesFrame& frame);

/// A value in the unit that the measure is shown in.
double shownValue(const ComparisonMeasure& measure, double value);

}  // namespace mergarium
