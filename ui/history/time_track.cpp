#include "ui/history/time_track.h"

#include "ui/theme/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr double kMargin = 5.0;
constexpr double kTick = 4.0;

}  // namespace

TimeTrack::TimeTrack(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
    setAccessibleName(tr("Evaluation that is looked at"));
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TimeTrack::setOutline(const HistoryOutline& outline) {
    outline_ = outline;
    update();
}

QSize TimeTrack::sizeHint() const { return {fontMetrics().averageCharWidth() * 40, fontMetrics().height() * 2}; }
QSize TimeTrack::minimumSizeHint() const { return {fontMetrics().averageCharWidth() * 12, fontMetrics().height() * 2}; }

QRectF TimeTrack::track() const { return QRectF(rect()).adjusted(kMargin, 2.0, -kMargin, -2.0); }

double TimeTrack::positionOf(double step) const {
    return track().left() + track().width() * step / std::max(1, maximum());
}

int TimeTrack::stepAt(double x) const {
    const double share = std::clamp((x - track().left()) / std::max(1.0, track().width()), 0.0, 1.0);
    return static_cast<int>(std::lround(share * maximum()));
}

QPolygonF TimeTrack::scoreLine() const {
    QPolygonF line;
    const auto& curve = *outline_.curve;
    if (curve.size() < 2) return line;
    const auto [least, most] = std::ranges::minmax(curve, {}, &ProgressPoint::bestTrain);
    const double span = std::max(most.bestTrain - least.bestTrain, 1e-9);
    const auto area = track().adjusted(0.0, 3.0, 0.0, -kTick - 3.0);
    for (const auto& point : curve)
        line << QPointF(positionOf(static_cast<double>(point.step)),
                        area.bottom() - area.height() * (point.bestTrain - least.bestTrain) / span);
    return line;
}

std::vector<bool> TimeTrack::acceptedPixels() const {
    std::vector<bool> pixels(static_cast<std::size_t>(width()) + 1);
    for (const auto step : *outline_.accepted) {
        const auto x = static_cast<std::size_t>(std::max(0.0, positionOf(static_cast<double>(step))));
        pixels[std::min(x, pixels.size() - 1)] = true;
    }
    return pixels;
}

void TimeTrack::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto colors = colorsOf(palette());
    const auto area = track();
    painter.fillRect(area, colors.background);
    const double at = positionOf(value());
    if (isEnabled()) {
        painter.fillRect(QRectF(area.topLeft(), QPointF(at, area.bottom())), faded(colors.accent, 0.15));
        const auto pixels = acceptedPixels();
        for (std::size_t x = 0; x < pixels.size(); ++x)
            if (pixels[x])
                painter.fillRect(QRectF(static_cast<double>(x), area.bottom() - kTick, 1.0, kTick), colors.mutedText);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(colors.first, 1.5));
        painter.drawPolyline(scoreLine());
        painter.fillRect(QRectF(at - 1.5, area.top(), 3.0, area.height()), colors.accent);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    painter.setPen(hasFocus() ? colors.accent : colors.grid);
    painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5));
    if (hasFocus()) painter.drawRect(area.adjusted(-1.5, -1.5, 1.5, 1.5));
}

void TimeTrack::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    setSliderDown(true);
    setValue(stepAt(event->position().x()));
}

void TimeTrack::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) setValue(stepAt(event->position().x()));
}

void TimeTrack::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) setSliderDown(false);
}

}  // namespace mergarium
