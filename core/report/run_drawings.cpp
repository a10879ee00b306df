#include "core/archive/coverage.h"
#include "core/figures/axes.h"
#include "core/figures/magnitude.h"
#include "core/report/run_report.h"
#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace mergarium {
namespace {

constexpr double kWidth = 640.0;
constexpr std::size_t kMostRows = 200;
constexpr std::size_t kMostBins = 1500;

constexpr std::uint32_t kAbsent = 0xC9CDD2;

using Measure = std::pair<const char*, double ProgressPoint::*>;
constexpr std::array<Measure, 4> kMeasures{{{"Best train", &ProgressPoint::bestTrain},
                                            {"Mean train", &ProgressPoint::meanTrain},
                                            {"Best test", &ProgressPoint::bestTest},
                                            {"Coverage", &ProgressPoint::coverage}}};

/// The taken slots, fittest first; equals in the order of their ids.
std::vector<std::size_t> slotsByFitness(const SessionSnapshot& snapshot) {
    std::vector<std::size_t> slots;
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
        if (snapshot.members[slot]) slots.push_back(slot);
    const auto fitness = [&](std::size_t slot) {
        return slot < snapshot.fitness.size() ? snapshot.fitness[slot] : 0.0;
    };
    std::ranges::sort(slots, [&](auto a, auto b) {
        return fitness(a) != fitness(b) ? fitness(a) > fitness(b) : snapshot.members[a]->id < snapshot.members[b]->id;
    });
    return slots;
}

/// Names of the groups below the map, where there is room for them.
void nameGroups(Drawing& drawing, const Raster& map, const SampleSet& set, const std::vector<std::uint32_t>& order) {
    const double sample = map.width / static_cast<double>(order.size());
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        while (end < order.size() && set.groups[order[end]] == set.groups[order[begin]]) ++end;
        const auto group = set.groups[order[begin]];
        if (group >= set.groupNames.size()) continue;
        const auto& name = set.groupNames[group];
        const double width = static_cast<double>(end - begin) * sample;
        const double left = map.corner.x + static_cast<double>(begin) * sample;
        const double bottom = map.corner.y + map.height;
        drawing.marks.push_back(Line{{{left, bottom}, {left, bottom + 5.0}}, {0x444444}, 0.8});
        if (static_cast<double>(name.size()) * 5.5 < width)
            drawing.marks.push_back(Label{{left + width / 2.0, bottom + 13.0}, name, 9.0, Anchor::Middle});
    }
}

void drawScale(Drawing& drawing, Place corner) {
    Raster scale{
        .corner = {corner.x + 130.0, corner.y - 8.0}, .width = 120.0, .height = 9.0, .columns = 120, .pixels = {}};
    for (std::size_t i = 0; i < scale.columns; ++i)
        scale.pixels.push_back(magnitudeColour(static_cast<double>(i) / static_cast<double>(scale.columns - 1)));
    drawing.marks.push_back(Label{corner, "Share s/z of a sample"});
    for (const double share : {0.0, 0.05, 0.25, 1.0})
        drawing.marks.push_back(Label{{scale.corner.x + std::sqrt(share) * scale.width, corner.y + 12.0},
                                      fmt::format("{:g}", share),
                                      8.5,
                                      Anchor::Middle});
    drawing.marks.push_back(std::move(scale));
}

}  // namespace

Drawing curvesDrawing(const std::vector<ProgressPoint>& curve) {
    Drawing drawing{.width = kWidth, .height = 330.0, .title = "Scores and coverage over the evaluations", .marks = {}};
    double least = 1.0;
    for (const auto& point : curve)
        for (const auto& [name, value] : kMeasures) least = std::min(least, point.*value);
    const PlotArea area{.corner = {52.0, 12.0},
                        .width = kWidth - 52.0 - 120.0,
                        .height = 260.0,
                        .mostX = std::max(1.0, static_cast<double>(curve.back().step)),
                        .leastY = std::clamp(std::floor(10.0 * least - 0.2) * 10.0, 0.0, 90.0),
                        .mostY = 100.0};
    drawAxes(drawing, area, {.x = "Evaluations (models scored)", .y = "Score and coverage (%)", .tickX = [](double at) {
                                 return words::count(static_cast<std::uint64_t>(std::llround(at)));
                             }});
    double y = area.corner.y + 8.0;
    for (std::size_t i = 0; i < kMeasures.size(); ++i, y += 30.0) {
        auto line = seriesLine(i);
        for (const auto& point : curve) {
            const auto place = area.at(static_cast<double>(point.step), 100.0 * point.*kMeasures[i].second);
            // The last known state holds until the next.
            if (!line.points.empty()) line.points.push_back({place.x, line.points.back().y});
            line.points.push_back(place);
        }
        auto sample = seriesLine(i);
        const double x = area.corner.x + area.width + 12.0;
        sample.points = {{x, y}, {x + 24.0, y}};
        drawing.marks.push_back(std::move(line));
        drawing.marks.push_back(std::move(sample));
        drawing.marks.push_back(Label{{x + 30.0, y + 3.5}, kMeasures[i].first});
        drawing.marks.push_back(
            Label{{x + 30.0, y + 15.0}, fmt::format("{:.1f} %", 100.0 * curve.back().*kMeasures[i].second)});
    }
    return drawing;
}

Drawing nichesDrawing(const SessionSnapshot& snapshot) {
    Drawing drawing{.width = kWidth, .height = 0.0, .title = "Who wins which sample", .marks = {}};
    auto slots = slotsByFitness(snapshot);
    if (slots.empty()) return drawing;
    // The shares are those among all members, shown or not.
    std::vector<std::span<const float>> rows;
    for (const auto slot : slots) rows.push_back(snapshot.members[slot]->scores.values());
    const auto samples = rows.front().size();
    const auto& set = snapshot.run ? snapshot.run->samples : nullptr;
    const bool grouped = set && set->groups.size() == samples;
    const std::vector<std::uint32_t> ungrouped(grouped ? 0 : samples);
    const auto order =
        orderSamples(SampleOrder::Group, rows, grouped ? std::span<const std::uint32_t>(set->groups) : ungrouped);
    const auto baseline = snapshot.run
                              ? baselineOf(rows, samples, traitsOf(snapshot.run->configuration.strategy).competition)
                              : std::vector<float>();
    const auto raster =
        rasterize(rows, order, {0, samples}, kMostBins, Binning::Mean, NicheMeasure::Share, {}, baseline);
    if (raster.bins.empty()) return drawing;

    slots.resize(std::min(slots.size(), kMostRows));
    const double rowHeight = std::clamp(320.0 / static_cast<double>(slots.size()), 1.6, 14.0);
    Raster map{.corner = {52.0, 6.0},
               .width = kWidth - 60.0,
               .height = rowHeight * static_cast<double>(slots.size()),
               .columns = raster.bins.size(),
               .pixels = {}};
    for (std::size_t i = 0; i < slots.size() * map.columns; ++i) {
        const float share = raster.values[i];
        map.pixels.push_back(std::isnan(share) ? kAbsent : magnitudeColour(std::sqrt(static_cast<double>(share))));
    }
    const auto stride = static_cast<std::size_t>(std::ceil(10.0 / rowHeight));
    for (std::size_t row = 0; row < slots.size(); row += stride)
        drawing.marks.push_back(
            Label{{map.corner.x - 5.0, map.corner.y + (static_cast<double>(row) + 0.5) * rowHeight + 3.0},
                  fmt::format("#{}", snapshot.members[slots[row]]->id.value),
                  9.0,
                  Anchor::End});
    drawing.marks.push_back(map);
    if (grouped) nameGroups(drawing, map, *set, order);
    const double bottom = map.corner.y + map.height;
    drawScale(drawing, {map.corner.x, bottom + 36.0});
    drawing.height = bottom + 56.0;
    return drawing;
}

}  // namespace mergarium
