#pragma once

#include "core/statistics/summary.h"

#include <cstddef>
#include <span>
#include <vector>

namespace mergarium {

/// A value known from `at` on, until the next point says otherwise.
struct CurvePoint {
    double at = 0.0;
    double value = 0.0;
};

/// Points of ascending `at`. What was measured last holds: nothing is interpolated into the future of a measurement.
using Curve = std::vector<CurvePoint>;

/// The value at a place; the first point's before it. The curve has at least one point.
double valueAt(const Curve& curve, double at);

/// The area under the curve from 0 to `budget` > 0, divided by it: the mean value over the budget. A curve that ends
/// earlier holds its last value. The curve has at least one point.
double normalizedArea(const Curve& curve, double budget);

/// Several curves as one: their mean and its standard error on a common grid.
struct Band {
    std::vector<double> at;
    /// Parallel to `at`.
    std::vector<Summary> values;
};

/// `points` >= 2 places, evenly from 0 to `end`; empty curves are left out.
Band meanBand(std::span<const Curve> curves, double end, std::size_t points);

}  // namespace mergarium
