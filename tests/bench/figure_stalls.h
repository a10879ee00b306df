#pragma once

#include "ui/main_window.h"

#include <QString>

#include <vector>

namespace mergarium::bench {

/// What it cost the window's thread to write one view's picture as one file.
struct FigureStall {
    QString view, format;
    /// How long signs of life were waited for meanwhile, and how long it took, in milliseconds.
    double median = 0.0, longest = 0.0, all = 0.0;
};

/// Every view that has a picture, as SVG, PDF and PNG, one after another; the files go to `folder`, which lives on.
/// Throws std::runtime_error where one isn't written within two minutes.
std::vector<FigureStall> figureStalls(MainWindow& window, const QString& folder);

}  // namespace mergarium::bench
