#pragma once

#include "core/figures/drawing.h"

#include <functional>
#include <string>
#include <vector>

namespace mergarium {

/// Colours that are told apart by every kind of colour vision (Okabe and Ito), on white; a series differs in its dashes
/// too.
Line seriesLine(std::size_t series);

/// Where a plot stands on a drawing, with two linear scales; the horizontal one begins at 0.
struct PlotArea {
    Place corner;
    double width = 0.0;
    double height = 0.0;
    double mostX = 1.0;
    double leastY = 0.0;
    double mostY = 1.0;

    Place at(double x, double y) const {
        return {corner.x + width * x / mostX, corner.y + height * (1.0 - (y - leastY) / (mostY - leastY))};
    }
};

struct AxisWords {
    std::string x;
    std::string y;
    /// What a place on the horizontal axis is called.
    std::function<std::string(double)> tickX;
};

/// Grid, axes, numbers and words; they take 52 points at the left of the plot and 48 below it.
void drawAxes(Drawing& drawing, const PlotArea& area, const AxisWords& words);

/// Round places to mark an axis at, from `least` to `most`: 3 to 8 of them, steps of 1, 2 or 5 times a power of ten.
std::vector<double> ticksBetween(double least, double most);

}  // namespace mergarium
