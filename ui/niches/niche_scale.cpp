#include "ui/niches/niche_scale.h"

#include "ui/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

/// The share of cells beyond each end of the scale.
constexpr double kBeyond = 0.02;

/// The next of 1, 2 and 5 times a power of ten, at most 1.
double roundUp(double value) {
    if (!(value > 0.0)) return 1.0;
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0})
        if (value <= step * power * (1.0 + 1e-9)) return std::min(1.0, step * power);
    return std::min(1.0, 10.0 * power);
}

double quantile(std::vector<float>& values, double share) {
    if (values.empty()) return 0.0;
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return static_cast<double>(values[static_cast<std::size_t>(place)]);
}

}  // namespace

double NicheScale::place(double value) const {
    const double part = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return measure == NicheMeasure::Share ? std::sqrt(part) : part;
}

QRgb NicheScale::colorAt(double at) const {
    return measure == NicheMeasure::Difference ? diverging(2.0 * at - 1.0) : magnitude(at);
}

QRgb NicheScale::color(float value, QRgb absent) const {
    return std::isnan(value) ? absent : colorAt(place(static_cast<double>(value)));
}

std::vector<std::pair<double, QString>> NicheScale::ticks() const {
    std::vector<std::pair<double, QString>> ticks;
    const auto add = [&](double value) { ticks.emplace_back(place(value), QString::number(value, 'g', 3)); };
    add(low);
    if (measure == NicheMeasure::Share) add(high / 4.0);
    if (measure == NicheMeasure::Score || measure == NicheMeasure::Difference) add((low + high) / 2.0);
    add(high);
    if (isExceeded) ticks.back().second = QStringLiteral("\u2265 ") + ticks.back().second;
    return ticks;
}

NicheScale scaleOf(const NicheRaster& raster, NicheMeasure measure) {
    NicheScale scale{.measure = measure};
    if (measure == NicheMeasure::Solved) return scale;
    std::vector<float> values;
    for (const float value : raster.values) {
        if (std::isnan(value)) continue;
        // Most shares and differences are 0, which says nothing of how large the others are.
        if (measure != NicheMeasure::Score && value == 0.0f) continue;
        values.push_back(measure == NicheMeasure::Difference ? std::abs(value) : value);
    }
    scale.high = roundUp(quantile(values, 1.0 - kBeyond));
    if (measure == NicheMeasure::Difference) scale.low = -scale.high;
    if (measure == NicheMeasure::Score) {
        // Tenths: scores crowd together anywhere.
        scale.low = std::floor(quantile(values, kBeyond) * 10.0) / 10.0;
        scale.high = std::max(scale.low + 0.1, std::ceil(quantile(values, 1.0 - kBeyond) * 10.0 - 1e-6) / 10.0);
    }
    scale.isExceeded = std::ranges::any_of(values, [&](float value) { return value > static_cast<float>(scale.high); });
    return scale;
}

}  // namespace mergarium
