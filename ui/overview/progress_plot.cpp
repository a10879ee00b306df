#include "ui/overview/progress_plot.h"

#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/theme/plot_theme.h"
#include "ui/theme/theme.h"

#include <QWindow>

#include <algorithm>
#include <cmath>

namespace mergarium {

struct ProgressPlot::Line {
    const char* name;
    double ProgressPoint::*value;
    QColor Colors::*color;
    double width;
    Qt::PenStyle style;
};

const std::array<ProgressPlot::Line, 4>& ProgressPlot::lines() {
    static const std::array<Line, 4> all{{
        {QT_TR_NOOP("Best train"), &ProgressPoint::bestTrain, &Colors::first, 2.0, Qt::SolidLine},
        {QT_TR_NOOP("Mean train"), &ProgressPoint::meanTrain, &Colors::first, 1.2, Qt::DashLine},
        {QT_TR_NOOP("Best test"), &ProgressPoint::bestTest, &Colors::second, 2.0, Qt::SolidLine},
        {QT_TR_NOOP("Coverage"), &ProgressPoint::coverage, &Colors::third, 1.6, Qt::DashDotLine},
    }};
    return all;
}

double axisEnd(std::uint64_t evaluations, std::uint64_t budget) {
    const auto reached = static_cast<double>(std::max<std::uint64_t>(evaluations, 10));
    const double power = std::pow(10.0, std::floor(std::log10(reached)));
    double end = 10.0 * power;
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= reached) {
            end = factor * power;
            break;
        }
    return budget > 0 && budget >= evaluations ? std::min(end, static_cast<double>(budget)) : end;
}

ProgressPlot::ProgressPlot(QWidget* parent) : QCustomPlot(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Progress of the run"));
    xAxis->setLabel(tr("Evaluations"));
    yAxis->setLabel(tr("Score and coverage (%)"));
    // Digits in groups of three, never 1e4.
    xAxis->setNumberFormat("f");
    xAxis->setNumberPrecision(0);
    yAxis->setNumberFormat("f");
    yAxis->setNumberPrecision(0);
    setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    for (const auto& line : lines()) {
        addGraph()->setName(tr(line.name));
        // The last known state holds until the next: no slopes between births.
        graph()->setLineStyle(QCPGraph::lsStepLeft);
    }
    marker_ = new QCPItemStraightLine(this);
    marker_->setVisible(false);

    auto* side = new QCPLayoutGrid;
    heading_ = new QCPTextElement(this);
    heading_->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
    side->addElement(0, 0, heading_);
    side->addElement(1, 0, legend);
    legend->setVisible(true);
    legend->setFillOrder(QCPLegend::foRowsFirst);
    // Takes the height that is left, so that the legend's lines stay together.
    side->addElement(2, 0, new QCPLayoutGrid);
    side->setRowStretchFactor(0, 0.001);
    side->setRowStretchFactor(1, 0.001);
    plotLayout()->addElement(0, 1, side);
    plotLayout()->setColumnStretchFactor(1, 0.001);
    applyStyle();
}

void ProgressPlot::setCurve(const Curve& curve, std::uint64_t budget) {
    if (curve == curve_ && budget == budget_) return;
    curve_ = curve;
    budget_ = budget;
    if (cursor_ && (!curve_ || *cursor_ >= curve_->size())) cursor_.reset();
    const std::size_t count = curve_ ? curve_->size() : 0;
    for (std::size_t line = 0; line < lines().size(); ++line) {
        QVector<QCPGraphData> points(static_cast<qsizetype>(count));
        for (std::size_t i = 0; i < count; ++i)
            points[static_cast<qsizetype>(i)] = {static_cast<double>((*curve_)[i].step),
                                                 100.0 * ((*curve_)[i].*lines()[line].value)};
        graph(static_cast<int>(line))->data()->set(points, true);
    }
    setRanges();
    updateLegend();
    replot(rpQueuedReplot);
}

void ProgressPlot::setRanges() {
    if (!curve_ || curve_->empty()) return;
    xAxis->setRange(0.0, axisEnd(curve_->back().step, budget_));
    double lowest = 1.0;
    for (const auto& point : *curve_)
        for (const auto& line : lines()) lowest = std::min(lowest, point.*line.value);
    // Whole tens, so that the axis stays where it is while the run goes on.
    yAxis->setRange(std::max(0.0, std::floor(10.0 * lowest - 0.2) * 10.0), 101.0);
}

QString ProgressPlot::legendText(std::size_t line) const { return graph(static_cast<int>(line))->name(); }

void ProgressPlot::updateLegend() {
    const bool known = curve_ && !curve_->empty();
    const ProgressPoint point = !known ? ProgressPoint{} : cursor_ ? (*curve_)[*cursor_] : curve_->back();
    heading_->setText(known ? tr("After %1 evaluations").arg(countText(point.step)) : QString());
    QStringList words;
    for (std::size_t line = 0; line < lines().size(); ++line) {
        // Figure spaces are as wide as digits: the numbers stand in a column.
        const auto number =
            known ? percentNumber(point.*lines()[line].value).rightJustified(5, QChar(0x2007)) : QString();
        graph(static_cast<int>(line))
            ->setName(known ? tr("%1 %  %2").arg(number, tr(lines()[line].name)) : tr(lines()[line].name));
        words << graph(static_cast<int>(line))->name().simplified();
    }
    marker_->setVisible(cursor_.has_value());
    marker_->point1->setCoords(static_cast<double>(point.step), 0.0);
    marker_->point2->setCoords(static_cast<double>(point.step), 100.0);
    setAccessibleDescription(heading_->text() + ": " + words.join(", "));
}

std::size_t ProgressPlot::nearestPoint(double step) const {
    const auto after = std::upper_bound(
        curve_->begin(), curve_->end(), step,
        [](double value, const ProgressPoint& point) { return value < static_cast<double>(point.step); });
    return after == curve_->begin() ? 0 : static_cast<std::size_t>(after - curve_->begin()) - 1;
}

void ProgressPlot::setCursor(std::optional<std::size_t> point) {
    if (point == cursor_) return;
    cursor_ = point;
    updateLegend();
    replot(rpQueuedReplot);
}

void ProgressPlot::mouseMoveEvent(QMouseEvent* event) {
    QCustomPlot::mouseMoveEvent(event);
    if (!curve_ || curve_->empty()) return;
    const auto place = event->position().toPoint();
    if (axisRect()->rect().contains(place)) {
        setCursor(nearestPoint(xAxis->pixelToCoord(place.x())));
    } else {
        setCursor({});
    }
}

void ProgressPlot::leaveEvent(QEvent* event) {
    QCustomPlot::leaveEvent(event);
    setCursor({});
}

void ProgressPlot::keyPressEvent(QKeyEvent* event) {
    if (!curve_ || curve_->empty()) return QCustomPlot::keyPressEvent(event);
    const std::size_t last = curve_->size() - 1;
    const std::size_t now = cursor_.value_or(last);
    const std::size_t stride = event->modifiers() & Qt::ShiftModifier ? std::max<std::size_t>(1, last / 20) : 1;
    switch (event->key()) {
        case Qt::Key_Left: setCursor(now - std::min(now, stride)); break;
        case Qt::Key_Right: setCursor(std::min(last, now + stride)); break;
        case Qt::Key_Home: setCursor(0); break;
        case Qt::Key_End:
        case Qt::Key_Escape: setCursor({}); break;
        default: QCustomPlot::keyPressEvent(event);
    }
}

void ProgressPlot::changeEvent(QEvent* event) {
    QCustomPlot::changeEvent(event);
    if (event->type() != QEvent::PaletteChange && event->type() != QEvent::FontChange) return;
    applyStyle();
    replot(rpQueuedReplot);
}

void ProgressPlot::showEvent(QShowEvent* event) {
    QCustomPlot::showEvent(event);
    adoptScreen();
    if (auto* handle = window()->windowHandle())
        connect(handle, &QWindow::screenChanged, this, &ProgressPlot::adoptScreen, Qt::UniqueConnection);
}

void ProgressPlot::adoptScreen() {
    // QCustomPlot 2.1 doesn't notice by itself that it was moved to a screen of another density.
    setBufferDevicePixelRatio(devicePixelRatioF());
    replot(rpQueuedReplot);
}

void ProgressPlot::applyStyle() {
    // The base class calls changeEvent while it is being built.
    if (!heading_) return;
    const auto text = tabularFont();
    stylePlot(*this, palette(), text);
    const auto colors = colorsOf(palette());
    const double unit = std::max(1.0, QFontMetricsF(text).height() / 16.0);
    for (std::size_t line = 0; line < lines().size(); ++line)
        graph(static_cast<int>(line))
            ->setPen(QPen(colors.*lines()[line].color, lines()[line].width * unit, lines()[line].style, Qt::FlatCap));
    heading_->setFont(text);
    heading_->setTextColor(colors.mutedText);
    marker_->setPen(QPen(colors.mutedText, 0, Qt::DotLine));
    const int space = QFontMetrics(text).height() / 2;
    legend->setIconSize(QFontMetrics(text).height() * 2, QFontMetrics(text).height());
    legend->setRowSpacing(space / 2);
    axisRect()->setMinimumMargins(QMargins(space, space, space, space));
}

}  // namespace mergarium
