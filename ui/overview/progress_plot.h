#pragma once

#include "core/run/snapshot.h"
#include "ui/figures/figure.h"
#include "ui/theme/custom_plot.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

class PlotZoom;

/// How the archive's scores and coverage went, in percent, against evaluations. The legend says the latest values, or
/// those under the mouse or the keyboard's cursor. One may go closer (PlotZoom), and stays there while the run goes on.
class ProgressPlot : public QCustomPlot, public FigureSource {
    Q_OBJECT

public:
    using Curve = std::shared_ptr<const std::vector<ProgressPoint>>;

    explicit ProgressPlot(QWidget* parent = nullptr);

    /// Redraws if the curve is another one. `budget` bounds the horizontal axis; 0 when unknown.
    void setCurve(const Curve& curve, std::uint64_t budget);

    /// What the legend says of one line, for tests and screen readers.
    QString legendText(std::size_t line) const;
    /// As close as it is seen, with the latest values.
    FigurePainter figure(const FigurePage& page) const override;

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Line;
    static const std::array<Line, 4>& lines();

    void applyStyle();
    void putLegendBelow();
    /// The one that it was given, or else the program's.
    QFont textFont() const;
    void adoptScreen();
    /// Whether there is anything to draw: held-out scores of 0 throughout are none.
    bool isKnown(std::size_t line) const;
    void setRanges();
    void setCursor(std::optional<std::size_t> point);
    void moveCursor(std::size_t point);
    void updateLegend();
    std::size_t nearestPoint(double step) const;

    Curve curve_;
    std::uint64_t budget_ = 0;
    /// The point that the legend speaks of; absent: the latest.
    std::optional<std::size_t> cursor_;
    /// Heading and legend.
    QCPLayoutGrid* side_ = nullptr;
    QCPTextElement* heading_ = nullptr;
    QCPItemStraightLine* marker_ = nullptr;
    PlotZoom* zoom_ = nullptr;
};

/// The smallest of 1, 2, 5 x 10^n that holds `evaluations`, but no more than the budget: an axis that seldom changes.
double axisEnd(std::uint64_t evaluations, std::uint64_t budget);

}  // namespace mergarium
