#include "core/figures/axes.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>

namespace mergarium {
namespace {

constexpr double kTickSize = 10.0;

constexpr Ink kFrame{0x444444};
constexpr Ink kGrid{0xDDDDDD};

/// Okabe and Ito's colours, distinct to colour-blind readers; when they run out they repeat with other dashes.
constexpr std::array<std::uint32_t, 8> kColours{0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7,
                                                0xE69F00, 0x56B4E9, 0x000000, 0x8C7A00};
const std::array<std::vector<double>, 4> kDashes{{{}, {6, 3}, {2, 2}, {8, 2, 2, 2}}};

}  // namespace

/// Never colour alone: neighbours differ in their dashes too.
Line seriesLine(std::size_t series) {
    return {.points = {},
            .ink = {kColours[series % kColours.size()]},
            .width = 1.6,
            .dashes = kDashes[series % kDashes.size()]};
}

void drawAxes(Drawing& drawing, const PlotArea& area, const AxisWords& words) {
    const double bottom = area.corner.y + area.height;
    for (const double tick : ticksBetween(area.leastY, area.mostY)) {
        const auto place = area.at(0.0, tick);
        drawing.marks.push_back(Line{{place, area.at(area.mostX, tick)}, kGrid, 0.5});
        drawing.marks.push_back(
            Label{{place.x - 5.0, place.y + 3.5}, fmt::format("{:g}", tick), kTickSize, Anchor::End});
    }
    for (const double tick : ticksBetween(0.0, area.mostX)) {
        const auto place = area.at(tick, area.leastY);
        drawing.marks.push_back(Line{{place, {place.x, place.y + 4.0}}, kFrame, 0.8});
        drawing.marks.push_back(Label{{place.x, place.y + 15.0}, words.tickX(tick), kTickSize, Anchor::Middle});
    }
    drawing.marks.push_back(
        Line{{area.at(0.0, area.mostY), area.at(0.0, area.leastY), area.at(area.mostX, area.leastY)}, kFrame, 0.8});
    drawing.marks.push_back(
        Label{{area.corner.x + area.width / 2.0, bottom + 32.0}, words.x, kTickSize, Anchor::Middle});
    drawing.marks.push_back(
        Label{{area.corner.x - 36.0, area.corner.y + area.height / 2.0}, words.y, kTickSize, Anchor::Middle, true});
}

std::vector<double> ticksBetween(double least, double most) {
    std::vector<double> ticks;
    if (!(most > least)) return ticks;
    const double rough = (most - least) / 6.0;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    double step = 10.0 * power;
    for (const double nice : {1.0, 2.0, 5.0})
        if (nice * power >= rough) {
            step = nice * power;
            break;
        }
    for (double i = std::ceil(least / step); i * step <= most + 1e-9 * step; i += 1.0) ticks.push_back(i * step);
    return ticks;
}

}  // namespace mergarium
