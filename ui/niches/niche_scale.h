#pragma once

#include "core/archive/coverage.h"

#include <QRgb>
#include <QString>

#include <utility>
#include <vector>

namespace mergarium {

/// How the numbers of a raster become colours. It spans what most cells hold, so that a few extremes don't leave all
/// others alike, and ends at round numbers, so that it stays put while a run goes on.
struct NicheScale {
    NicheMeasure measure = NicheMeasure::Share;
    double low = 0.0, high = 1.0;
    /// Some values are larger than `high`.
    bool isExceeded = false;

    /// Where a value stands between the ends of the colours, in [0, 1]. Of shares the square root, so that a small one
    /// is told from none.
    double place(double value) const;
    /// NaN as `absent`.
    QRgb color(float value, QRgb absent) const;
    /// The colour at a place.
    QRgb colorAt(double place) const;
    /// Numbers to be read along it.
    std::vector<std::pair<double, QString>> ticks() const;
};

NicheScale scaleOf(const NicheRaster& raster, NicheMeasure measure);

}  // namespace mergarium
