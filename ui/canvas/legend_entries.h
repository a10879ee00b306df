#pragma once

#include <QColor>
#include <QRectF>
#include <QString>

#include <functional>
#include <vector>

class QFontMetricsF;
class QPainter;

namespace mergarium {

/// A mark and what it means.
struct LegendEntry {
    QString text;
    /// Paints the mark into a small square.
    std::function<void(const QRectF& place)> paint;
};

/// What they take in one line.
double entriesWidth(const QFontMetricsF& metrics, const std::vector<LegendEntry>& entries);
/// Paints entries from left to right, in as many lines as they take; those that `place` has no room for are left out.
void paintEntries(QPainter& painter, const QRectF& place, const QColor& text, const std::vector<LegendEntry>& entries);

}  // namespace mergarium
