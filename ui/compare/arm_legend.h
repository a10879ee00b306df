#pragma once

#include "ui/compare/curves_frame.h"

#include <QRectF>

class QFont;

namespace mergarium {

/// The names of the arms that are drawn, each behind a piece of its line, for where no table says them.

/// What they need, but not more than a good part of `room`: beside the curves, or below them.
double armLegendWidth(const CurvesRequest& request, const QFont& font, double room);
double armLegendHeight(const CurvesRequest& request, const QFont& font, double room);
/// From the top of `place` down; those that find no room are counted.
void paintArmLegend(QPainter& painter, const QRectF& place, const CurvesRequest& request);

}  // namespace mergarium
