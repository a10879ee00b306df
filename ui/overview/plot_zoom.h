#pragma once

#include "ui/theme/custom_plot.h"

#include <QObject>

#include <optional>

class QRubberBand;

namespace mergarium {

/// Takes a person closer to a part of a plot, and back. Dragging with the left button zooms in on a rectangle, or on a
/// strip where the drag is flat; with the middle button, or with Shift, it pans; the wheel zooms in and out around the
/// mouse, over an axis along that alone; a double click goes back. What is seen never leaves the whole.
class PlotZoom : public QObject {
    Q_OBJECT

public:
    /// Of the plot's first axes.
    explicit PlotZoom(QCustomPlot& plot);

    /// All that there is; it is shown unless somebody has gone closer. Doesn't replot.
    void setWhole(const QCPRange& x, const QCPRange& y);
    bool isCloser() const { return closer_; }
    void showWhole();
    /// `factor` below 1 goes closer, around the middle of what is seen, or a point of the horizontal axis.
    void zoom(double factor, std::optional<double> around = {});
    /// By parts of what is seen, to the right and up.
    void pan(double right, double up);
    /// Pans as far as it takes.
    void bringIntoSight(double x);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    enum class Drag { None, Zoom, Pan };

    void press(const QMouseEvent& event);
    void move(const QMouseEvent& event);
    void release();
    void wheel(const QWheelEvent& event);
    void show(const QCPRange& x, const QCPRange& y);
    QRect band() const;

    QCustomPlot& plot_;
    QRubberBand* band_ = nullptr;
    QCPRange wholeX_, wholeY_;
    bool closer_ = false;
    Drag drag_ = Drag::None;
    QPoint from_, to_;
};

}  // namespace mergarium
