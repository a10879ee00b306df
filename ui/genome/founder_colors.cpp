#include "ui/genome/founder_colors.h"

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

// Okabe and Ito 2008; the first two are the ends of the diverging scale.
constexpr std::array<QRgb, 7> kColors{0xff0072b2, 0xffd55e00, 0xff009e73, 0xfff0e442,
                                      0xffcc79a7, 0xff56b4e9, 0xffe69f00};
constexpr QRgb kEven = 0xffdedede;
constexpr std::size_t kSteps = 4096;

double toLinear(double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); }
double fromLinear(double value) {
    return value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1.0 / 2.4) - 0.055;
}

int encoded(float linear) {
    static const auto table = [] {
        std::array<int, kSteps + 1> codes{};
        for (std::size_t i = 0; i <= kSteps; ++i)
            codes[i] = static_cast<int>(std::lround(255.0 * fromLinear(static_cast<double>(i) / kSteps)));
        return codes;
    }();
    return table[static_cast<std::size_t>(std::clamp(linear, 0.0f, 1.0f) * kSteps + 0.5f)];
}

QRgb mix(QRgb a, QRgb b, double weight) {
    const auto blend = [&](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * weight)); };
    return qRgb(blend(qRed(a), qRed(b)), blend(qGreen(a), qGreen(b)), blend(qBlue(a), qBlue(b)));
}

}  // namespace

FounderColors::FounderColors(std::size_t founders) {
    for (std::size_t founder = 0; founder < std::max<std::size_t>(founders, 1); ++founder) {
        // More founders than colours: the same again, darker each time.
        const QColor color =
            QColor(kColors[founder % kColors.size()]).darker(100 + 45 * static_cast<int>(founder / kColors.size()));
        colors_.push_back(color);
        linear_.push_back({static_cast<float>(toLinear(color.redF())), static_cast<float>(toLinear(color.greenF())),
                           static_cast<float>(toLinear(color.blueF()))});
    }
    for (std::size_t i = 0; founders == 2 && i <= kShades; ++i) {
        const double place = 2.0 * static_cast<double>(i) / kShades;
        diverging_.push_back(place <= 1.0 ? mix(kColors[0], kEven, place) : mix(kEven, kColors[1], place - 1.0));
    }
}

QRgb FounderColors::mixture(std::span<const float> contributions) const {
    float all = 0.0f;
    for (const float one : contributions) all += one;
    if (!(all > 0.0f)) return qRgba(0, 0, 0, 0);
    const int alpha = all > 0.999f ? 255 : static_cast<int>(255.0f * all);
    const auto solid = [&](QRgb color) { return (color & 0x00ffffffu) | static_cast<QRgb>(alpha) << 24; };
    if (!diverging_.empty() && contributions.size() == 2)
        return solid(diverging_[static_cast<std::size_t>(std::min(contributions[1] / all, 1.0f) * kShades + 0.5f)]);
    std::array<float, 3> light{};
    for (std::size_t founder = 0; founder < contributions.size(); ++founder)
        for (std::size_t channel = 0; channel < 3; ++channel)
            light[channel] += contributions[founder] / all * linear_[founder % linear_.size()][channel];
    return solid(qRgb(encoded(light[0]), encoded(light[1]), encoded(light[2])));
}

}  // namespace mergarium
