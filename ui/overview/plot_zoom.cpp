#include "ui/overview/plot_zoom.h"

#include <QApplication>
#include <QMouseEvent>
#include <QRubberBand>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace mergarium {
namespace {

/// The closest that one comes: of evaluations two, of percentages a tenth.
constexpr double kLeastX = 2.0, kLeastY = 0.1;
/// Of one notch of a wheel, which is 120.
constexpr double kNotch = 0.8;

/// A range of that size, at least `least` and no larger than the whole, moved into it.
QCPRange within(const QCPRange& range, const QCPRange& whole, double least) {
    const double size = std::min(std::max(range.size(), least), whole.size());
    const double lower = std::max(whole.lower, std::min(range.center() - size / 2.0, whole.upper - size));
    return {lower, lower + size};
}

QCPRange scaled(const QCPRange& range, double factor, double around) {
    return {around + factor * (range.lower - around), around + factor * (range.upper - around)};
}

QCPRange between(const QCPAxis& axis, int one, int other) {
    const double a = axis.pixelToCoord(one), b = axis.pixelToCoord(other);
    return {std::min(a, b), std::max(a, b)};
}

}  // namespace

PlotZoom::PlotZoom(QCustomPlot& plot)
    : QObject(&plot), plot_(plot), wholeX_(plot.xAxis->range()), wholeY_(plot.yAxis->range()) {
    plot.installEventFilter(this);
}

void PlotZoom::setWhole(const QCPRange& x, const QCPRange& y) {
    wholeX_ = x;
    wholeY_ = y;
    if (closer_) return;
    plot_.xAxis->setRange(x);
    plot_.yAxis->setRange(y);
}

void PlotZoom::showWhole() { show(wholeX_, wholeY_); }

void PlotZoom::zoom(double factor, std::optional<double> around) {
    const auto x = plot_.xAxis->range(), y = plot_.yAxis->range();
    show(scaled(x, factor, around.value_or(x.center())), scaled(y, factor, y.center()));
}

void PlotZoom::pan(double right, double up) {
    const auto x = plot_.xAxis->range(), y = plot_.yAxis->range();
    show(x + right * x.size(), y + up * y.size());
}

void PlotZoom::bringIntoSight(double x) {
    const auto seen = plot_.xAxis->range();
    if (x < seen.lower) show(seen - (seen.lower - x), plot_.yAxis->range());
    if (x > seen.upper) show(seen + (x - seen.upper), plot_.yAxis->range());
}

void PlotZoom::show(const QCPRange& x, const QCPRange& y) {
    const auto nowX = within(x, wholeX_, kLeastX), nowY = within(y, wholeY_, kLeastY);
    const auto isPart = [](const QCPRange& part, const QCPRange& whole) {
        return part.size() < whole.size() * (1.0 - 1e-9);
    };
    closer_ = isPart(nowX, wholeX_) || isPart(nowY, wholeY_);
    plot_.xAxis->setRange(nowX);
    plot_.yAxis->setRange(nowY);
    plot_.replot(QCustomPlot::rpQueuedReplot);
}

bool PlotZoom::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::MouseButtonPress: press(*static_cast<QMouseEvent*>(event)); break;
        case QEvent::MouseMove: move(*static_cast<QMouseEvent*>(event)); break;
        case QEvent::MouseButtonRelease: release(); break;
        case QEvent::MouseButtonDblClick: showWhole(); break;
        case QEvent::Wheel: wheel(*static_cast<QWheelEvent*>(event)); return true;
        default: break;
    }
    return QObject::eventFilter(watched, event);
}

void PlotZoom::press(const QMouseEvent& event) {
    const auto here = event.position().toPoint();
    if (drag_ != Drag::None || !plot_.axisRect()->rect().contains(here)) return;
    from_ = to_ = here;
    const bool shift = event.modifiers() & Qt::ShiftModifier;
    if (event.button() == Qt::MiddleButton || (event.button() == Qt::LeftButton && shift))
        drag_ = Drag::Pan;
    else if (event.button() == Qt::LeftButton)
        drag_ = Drag::Zoom;
}

void PlotZoom::move(const QMouseEvent& event) {
    if (drag_ == Drag::None) return;
    const auto here = event.position().toPoint();
    if (drag_ == Drag::Pan) {
        const double right = plot_.xAxis->pixelToCoord(to_.x()) - plot_.xAxis->pixelToCoord(here.x());
        const double up = plot_.yAxis->pixelToCoord(to_.y()) - plot_.yAxis->pixelToCoord(here.y());
        to_ = here;
        show(plot_.xAxis->range() + right, plot_.yAxis->range() + up);
        return;
    }
    to_ = here;
    if (!band_) band_ = new QRubberBand(QRubberBand::Rectangle, &plot_);
    band_->setGeometry(band());
    band_->setVisible((to_ - from_).manhattanLength() >= QApplication::startDragDistance());
}

QRect PlotZoom::band() const {
    const auto whole = plot_.axisRect()->rect();
    auto rectangle = QRect(from_, to_).normalized().intersected(whole);
    // A flat drag means a strip.
    const int flat = QApplication::startDragDistance();
    if (std::abs(to_.y() - from_.y()) < flat) {
        rectangle.setTop(whole.top());
        rectangle.setBottom(whole.bottom());
    } else if (std::abs(to_.x() - from_.x()) < flat) {
        rectangle.setLeft(whole.left());
        rectangle.setRight(whole.right());
    }
    return rectangle;
}

void PlotZoom::release() {
    const auto drag = std::exchange(drag_, Drag::None);
    if (band_) band_->hide();
    if (drag != Drag::Zoom || (to_ - from_).manhattanLength() < QApplication::startDragDistance()) return;
    const auto chosen = band();
    const auto whole = plot_.axisRect()->rect();
    show(
        chosen.width() < whole.width() ? between(*plot_.xAxis, chosen.left(), chosen.right()) : plot_.xAxis->range(),
        chosen.height() < whole.height() ? between(*plot_.yAxis, chosen.top(), chosen.bottom()) : plot_.yAxis->range());
}

void PlotZoom::wheel(const QWheelEvent& event) {
    const auto place = event.position();
    const auto inside = plot_.axisRect()->rect();
    const double factor = std::pow(kNotch, event.angleDelta().y() / 120.0);
    auto x = plot_.xAxis->range(), y = plot_.yAxis->range();
    const bool belowAxis = place.y() > inside.bottom(), besideAxis = place.x() < inside.left();
    if (place.x() > inside.right() || (belowAxis && besideAxis)) return;
    if (!besideAxis) x = scaled(x, factor, plot_.xAxis->pixelToCoord(place.x()));
    if (!belowAxis) y = scaled(y, factor, plot_.yAxis->pixelToCoord(place.y()));
    show(x, y);
}

}  // namespace mergarium
