#include "core/comparison/figure.h"

#include "core/figures/axes.h"
#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
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

std::string countText(double count) {
    if (count >= 1e6) return fmt::format("{:g} M", count / 1e6);
    return words::count(static_cast<std::uint64_t>(std::llround(count)));
}

PlotArea areaFor(const Comparison& comparison, double left) {
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

void drawArm(Drawing& drawing, const PlotArea& area, const ArmResult& arm, std::size_t index) {
    auto line = seriesLine(index);
    Area band{{}, {line.ink.colour, 0.2}};
    for (std::size_t i = 0; i < arm.testBand.at.size(); ++i) {
        const auto& value = arm.testBand.values[i];
        line.points.push_back(area.at(arm.testBand.at[i], 100.0 * value.mean));
        band.points.push_back(area.at(arm.testBand.at[i], 100.0 * (value.mean + value.standardError)));
    }
    for (std::size_t i = arm.testBand.at.size(); i-- > 0;)
        band.points.push_back(
            area.at(arm.testBand.at[i], 100.0 * (arm.testBand.values[i].mean - arm.testBand.values[i].standardError)));
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
    if (arm.bestTest.count == 0) return arm.name + ": nothing is held out";
    auto text = fmt::format("{}: {:.1f}", arm.name, 100.0 * arm.bestTest.mean);
    if (arm.bestTest.halfWidth) text += fmt::format(" \u00B1 {:.1f}", 100.0 * arm.bestTest.standardError);
    text += fmt::format(" % ({} seed{})", arm.seeds.size(), arm.seeds.size() == 1 ? "" : "s");
    if (arm.published) text += fmt::format(", published {:.1f} %", 100.0 * *arm.published);
    return text;
}

void drawPanel(Drawing& drawing, const Comparison& comparison, double left) {
    const auto area = areaFor(comparison, left);
    drawing.marks.push_back(
        Label{{left + kPanelWidth / 2.0, 20.0}, comparison.title, 12.0, Anchor::Middle, false, true});
    drawAxes(drawing, area,
             {.x = "Evaluations (models scored)",
              .y = "Test accuracy of the best model in training (%)",
              .tickX = countText});
    for (std::size_t i = 0; i < comparison.arms.size(); ++i) drawArm(drawing, area, comparison.arms[i], i);
    for (std::size_t i = 0; i < comparison.arms.size(); ++i)
        if (const auto& published = comparison.arms[i].published)
            drawing.marks.push_back(diamond(area.at(area.mostX, 100.0 * *published), seriesLine(i).ink.colour));

    double y = kTop + kPlotHeight + kAxis;
    for (std::size_t i = 0; i < comparison.arms.size(); ++i, y += kLegendLine) {
        auto sample = seriesLine(i);
        sample.points = {{left + kLeft, y}, {left + kLeft + 28.0, y}};
        drawing.marks.push_back(std::move(sample));
        drawing.marks.push_back(Label{{left + kLeft + 36.0, y + 3.5}, legendText(comparison.arms[i]), kTextSize});
    }
    drawing.marks.push_back(
        Label{{left + kLeft, y + 3.5}, "Bands: standard error over seeds. Diamonds: published end points.", 8.5});
}

}  // namespace

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
