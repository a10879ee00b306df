#pragma once

#include "ui/compare/comparison_measure.h"
#include "ui/theme/custom_plot.h"

#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

/// Mean curves of the arms with a band of one standard error, against evaluations; a cursor reads them.
class ComparePlot : public QCustomPlot {
    Q_OBJECT

public:
    explicit ComparePlot(QWidget* parent = nullptr);

    /// Null empties the plot.
    void show(std::shared_ptr<const Comparison> comparison, std::size_t measure);
    using QWidget::show;
    /// Draws one arm over the others; none when there is no such arm.
    void stress(std::optional<std::size_t> arm);

Q_SIGNALS:
    /// What the curves are at the cursor; empty without one.
    void readoutChanged(const QString& text);

protected:
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void restyle();
    void setCursor(std::optional<double> evaluations);

    std::shared_ptr<const Comparison> comparison_;
    std::size_t measure_ = 0;
    std::optional<std::size_t> stressed_;
    std::optional<double> cursor_;
    QCPItemStraightLine* marker_ = nullptr;
};

}  // namespace mergarium
