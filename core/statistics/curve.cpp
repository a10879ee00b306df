#include "core/statistics/curve.h"

#include <algorithm>
#include <stdexcept>

namespace mergarium {

double valueAt(const Curve& curve, double at) {
    if (curve.empty()) throw std::invalid_argument("A curve without points has no values.");
    const auto after = std::upper_bound(curve.begin(), curve.end(), at,
                                        [](double place, const CurvePoint& point) { return place < point.at; });
    return after == curve.begin() ? curve.front().value : std::prev(after)->value;
}

double normalizedArea(const Curve& curve, double budget) {
    if (curve.empty()) throw std::invalid_argument("A curve without points has no area.");
    double area = 0.0;
    double from = 0.0;
    double value = curve.front().value;
    for (const auto& point : curve) {
        const double until = std::clamp(point.at, from, budget);
        area += value * (until - from);
        from = until;
        value = point.value;
    }
    return (area + value * (budget - from)) / budget;
}

Band meanBand(std::span<const Curve> curves, double end, std::size_t points) {
    if (points < 2) throw std::invalid_argument("A band needs at least two places.");
    Band band;
    std::vector<double> values;
    for (std::size_t i = 0; i < points; ++i) {
        const double at = end * static_cast<double>(i) / static_cast<double>(points - 1);
        values.clear();
        for (const auto& curve : curves)
            if (!curve.empty()) values.push_back(valueAt(curve, at));
        band.at.push_back(at);
        band.values.push_back(summarize(values));
    }
    return band;
}

}  // namespace mergarium
