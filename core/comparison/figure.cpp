#include "core/comparison/figure.h"

#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace mergarium {
namespace {

constexpr double kPanelWidth = 420.0;
constexpr double kPlotHeight = 270.0;
constexpr double kLeft = 52.0;
constexpr double kRight = 26.0;
constexpr double kTop = 34.0;
constexpr double kAxis = 48.0;
constexpr double kLegendLine = 15.0;
constexpr double kTextSize = 10.0;

constexpr Ink kFrame{0x444444};
constexpr Ink kGrid{0xDDDDDD};

/// Okabe and Ito's colours, distinct to colour-blind readers; when they run out they repeat with other dashes.
constexpr std::array<std::uint32_t, 8> kColours{0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7,
                                                0xE69F00, 0x56B4E9, 0x000000, 0x8C7A00};
const std::array<std::vector<double>, 4> kDashes{{{}, {6, 3}, {2, 2}, {8, 2, 2, 2}}};

/// Never colour alone: neighbours differ in their dashes too.
Line strokeOf(std::size_t arm) {
    return {
        .points = {}, .ink = {kColours[arm % kColours.size()]}, .width = 1.6, .dashes = kDashes[arm % kDashes.size()]};
}

std::string countText(double count) {
    if (count >= 1e6) return fmt::format("{:g} M", count / 1e6);
    return words::count(static_cast<std::uint64_t>(std::llround(count)));
}

/// A rectangle of the page with two linear scales.
struct Frame {
    Place corner;
    double width, height;
    double mostX, leastY, mostY;

    Place at(double x, double y) const {
        return {corner.x + width * x / mostX, corner.y + height * (1.0 - (y - leastY) / (mostY - leastY))};
    }
};

Frame frameFor(const Comparison& comparison, double left) {
    double budget = 1.0, least = 100.0, most = 0.0;
    const auto include = [&](double percent) {
        least = std::min(least, percent);
        most = std::max(most, percent);
    };
    for (const auto& arm : comparison.arms) {
        budget = std::max(budget, static_cast<double>(arm.budget));
        if (arm.published) include(100.0 * *arm.published);
        for (const auto& value : arm.testBand.values) {
            include(100.0 * (value.mean - value.standardError));
            include(100.0 * (value.mean + value.standardError));
        }
    }
    if (least > most) least = 0.0, most = 100.0;
    return {{left + kLeft, kTop},
            kPanelWidth - kLeft - kRight,
            kPlotHeight,
            budget,
            std::floor(least / 5.0) * 5.0 - (least == most ? 5.0 : 0.0),
            std::ceil(most / 5.0) * 5.0 + (least == most ? 5.0 : 0.0)};
}

void drawAxes(Drawing& drawing, const Frame& frame) {
    const double bottom = frame.corner.y + frame.height;
    for (const double tick : ticksBetween(frame.leastY, frame.mostY)) {
        const auto place = frame.at(0.0, tick);
        drawing.marks.push_back(Line{{place, frame.at(frame.mostX, tick)}, kGrid, 0.5});
        drawing.marks.push_back(
            Label{{place.x - 5.0, place.y + 3.5}, fmt::format("{:g}", tick), kTextSize, Anchor::End});
    }
    for (const double tick : ticksBetween(0.0, frame.mostX)) {
        const auto place = frame.at(tick, frame.leastY);
        drawing.marks.push_back(Line{{place, {place.x, place.y + 4.0}}, kFrame, 0.8});
        drawing.marks.push_back(Label{{place.x, place.y + 15.0}, countText(tick), kTextSize, Anchor::Middle});
    }
    drawing.marks.push_back(Line{
        {frame.at(0.0, frame.mostY), frame.at(0.0, frame.leastY), frame.at(frame.mostX, frame.leastY)}, kFrame, 0.8});
    drawing.marks.push_back(Label{
        {frame.corner.x + frame.width / 2.0, bottom + 32.0}, "Evaluations (models scored)", kTextSize, Anchor::Middle});
    drawing.marks.push_back(Label{{frame.corner.x - 36.0, frame.corner.y + frame.height / 2.0},
                                  "Test accuracy of the best model in training (%)",
                                  kTextSize,
                                  Anchor::Middle,
                                  true});
}

void drawArm(Drawing& drawing, const Frame& frame, const ArmResult& arm, std::size_t index) {
    auto line = strokeOf(index);
    Area band{{}, {line.ink.colour, 0.2}};
    for (std::size_t i = 0; i < arm.testBand.at.size(); ++i) {
        const auto& value = arm.testBand.values[i];
        line.points.push_back(frame.at(arm.testBand.at[i], 100.0 * value.mean));
        band.points.push_back(frame.at(arm.testBand.at[i], 100.0 * (value.mean + value.standardError)));
    }
    for (std::size_t i = arm.testBand.at.size(); i-- > 0;)
        band.points.push_back(
            frame.at(arm.testBand.at[i], 100.0 * (arm.testBand.values[i].mean - arm.testBand.values[i].standardError)));
    if (arm.seeds.size() > 1) drawing.marks.push_back(std::move(band));
    if (!line.points.empty()) drawing.marks.push_back(line);
}

Area diamond(Place centre, std::uint32_t colour) {
    constexpr double kReach = 5.0;
    return {{{centre.x, centre.y - kReach},
             {centre.x + kReach, centre.y},
             {centre.x, centre.y + kReach},
             {centre.x - kReach, centre.y}},
            {colour}};
}

std::string legendText(const ArmResult& arm) {
    if (arm.seeds.empty()) return arm.name + ": no finished run";
    auto text = fmt::format("{}: {:.1f}", arm.name, 100.0 * arm.bestTest.mean);
    if (arm.bestTest.halfWidth) text += fmt::format(" \u00B1 {:.1f}", 100.0 * arm.bestTest.standardError);
    text += fmt::format(" % ({} seed{})", arm.seeds.size(), arm.seeds.size() == 1 ? "" : "s");
    if (arm.published) text += fmt::format(", published {:.1f} %", 100.0 * *arm.published);
    return text;
}

void drawPanel(Drawing& drawing, const Comparison& comparison, double left) {
    const auto frame = frameFor(comparison, left);
    drawing.marks.push_back(
        Label{{left + kPanelWidth / 2.0, 20.0}, comparison.title, 12.0, Anchor::Middle, false, true});
    drawAxes(drawing, frame);
    for (std::size_t i = 0; i < comparison.arms.size(); ++i) drawArm(drawing, frame, comparison.arms[i], i);
    for (std::size_t i = 0; i < comparison.arms.size(); ++i)
        if (const auto& published = comparison.arms[i].published)
            drawing.marks.push_back(diamond(frame.at(frame.mostX, 100.0 * *published), strokeOf(i).ink.colour));

    double y = kTop + kPlotHeight + kAxis;
    for (std::size_t i = 0; i < comparison.arms.size(); ++i, y += kLegendLine) {
        auto sample = strokeOf(i);
        sample.points = {{left + kLeft, y}, {left + kLeft + 28.0, y}};
        drawing.marks.push_back(std::move(sample));
        drawing.marks.push_back(Label{{left + kLeft + 36.0, y + 3.5}, legendText(comparison.arms[i]), kTextSize});
    }
    drawing.marks.push_back(
        Label{{left + kLeft, y + 3.5}, "Bands: standard error over seeds. Diamonds: published end points.", 8.5});
}

}  // namespace

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

Drawing figureOf(std::span<const Comparison> comparisons) {
    std::size_t lines = 0;
    for (const auto& comparison : comparisons) lines = std::max(lines, comparison.arms.size());
    Drawing drawing{.width = kPanelWidth * static_cast<double>(std::max<std::size_t>(1, comparisons.size())),
                    .height = kTop + kPlotHeight + kAxis + kLegendLine * static_cast<double>(lines + 1),
                    .title = {},
                    .marks = {}};
    for (std::size_t panel = 0; panel < comparisons.size(); ++panel) {
        drawing.title += (panel > 0 ? ", " : "") + comparisons[panel].title;
        drawPanel(drawing, comparisons[panel], kPanelWidth * static_cast<double>(panel));
    }
    return drawing;
}

}  // namespace mergarium
