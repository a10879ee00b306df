#pragma once

#include "ui/session/history_loader.h"

#include <QPolygonF>
#include <QSlider>

#include <vector>

namespace mergarium {

/// A run's evaluations from the first to the last stored: the best training score as a line, a tick where a child was
/// accepted, and the step that is looked at. Wherever it is clicked or dragged to, that is the step.
class TimeTrack : public QSlider {
    Q_OBJECT

public:
    explicit TimeTrack(QWidget* parent = nullptr);

    void setOutline(const HistoryOutline& outline);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    QRectF track() const;
    double positionOf(double step) const;
    int stepAt(double x) const;
    QPolygonF scoreLine() const;
    std::vector<bool> acceptedPixels() const;

    HistoryOutline outline_;
};

}  // namespace mergarium
