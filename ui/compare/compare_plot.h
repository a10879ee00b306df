#pragma once

#include "ui/compare/curves_frame.h"
#include "ui/figures/figure.h"
#include "ui/theme/custom_plot.h"

#include <memory>
#include <optional>
#include <set>

namespace mergarium {

class LatestWorker;

/// Mean curves of the arms with a band of one standard error, against evaluations; a cursor reads them. The curves are
/// painted on another thread; axes and curves change together, when they have been.
class ComparePlot : public QCustomPlot, public FigureSource {
    Q_OBJECT

public:
    explicit ComparePlot(QWidget* parent = nullptr);

    /// Null empties the plot.
    void show(std::shared_ptr<const Comparison> comparison, std::size_t measure);
    using QWidget::show;
    /// Draws one arm over the others; none when there is no such arm.
    void stress(std::optional<std::size_t> arm);
    void hideArms(std::set<std::size_t> arms);
    /// What is drawn now; null before anything was.
    const CurvesFramePtr& frame() const { return frame_; }
    /// With the arms' names beside it, which the table says on the screen.
    FigurePainter figure(const FigurePage& page) const override;
    QString figureSubject() const override;

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
    void request();
    void present(const CurvesFramePtr& frame);
    void showAxes(const CurvesFrame& frame);
    void restyle();
    void setCursor(std::optional<double> evaluations);
    void read();
    QSize room() const { return axisRect()->size(); }

    std::shared_ptr<const Comparison> comparison_;
    std::size_t measure_ = 0;
    std::optional<std::size_t> stressed_;
    std::set<std::size_t> hidden_;
    std::optional<double> cursor_;
    CurvesFramePtr frame_;
    QCPItemPixmap* curves_ = nullptr;
    QCPItemStraightLine* marker_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
