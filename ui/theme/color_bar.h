#pragma once

#include "ui/theme/theme.h"

#include <QColor>
#include <QPointF>
#include <QString>

#include <functional>
#include <utility>
#include <vector>

class QPainter;

namespace mergarium {

/// A horizontal scale of colours, in words.
struct ColorBar {
    /// What the colour means.
    QString label;
    /// Where along the bar, in [0, 1], which number stands.
    std::vector<std::pair<double, QString>> ticks;
    std::function<QRgb(double)> color = magnitude;
};

/// Paints label, bar and numbers on one line each (two lines in all), in the painter's font. Returns the width it took.
double paintColorBar(QPainter& painter, QPointF topLeft, double barWidth, const QColor& text, const ColorBar& bar);

}  // namespace mergarium
