#include "ui/overview/progress_plot.h"

#include "ui/figures/plot_picture.h"
#include "ui/members/member_text.h"
#include "ui/overview/plot_zoom.h"
#include "ui/session/run_text.h"
#include "ui/theme/plot_theme.h"
#include "ui/theme/theme.h"

#include <QWindow>

#include <algorithm>
#include <cmath>
#include <utility>

namespace mergarium {
namespace {

/// Of one press of a key.
constexpr double kCloser = 2.0 / 3.0, kPan = 0.1;

}  // namespace

struct ProgressPlot::Line {
    const char* name;
    double ProgressPoint::*value;
    QColor Colors::*color;
    double width;
    Qt::PenStyle style;
};

const std::array<ProgressPlot::Line, 4>& ProgressPlot::lines() {
    static const std::array<Line, 4> all{{
        {QT_TR_NOOP("Train, the best"), &ProgressPoint::bestTrain, &Colors::first, 2.0, Qt::SolidLine},
        {QT_TR_NOOP("Train, mean"), &ProgressPoint::meanTrain, &Colors::first, 1.2, Qt::DashLine},
        {QT_TR_NOOP("Test of the best"), &ProgressPoint::bestTest, &Colors::second, 2.0, Qt::SolidLine},
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
    zoom_ = new PlotZoom(*this);
    setToolTip(tr(
        "Drag over a part to zoom in on it; drag with Shift or the middle button to pan; turn the wheel, over an axis "
        "for that alone. A double click shows everything again.\nKeys: + and - zoom, Left and Right read the curves, "
        "Up and Down pan, Home shows everything."));
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

    side_ = new QCPLayoutGrid;
    heading_ = new QCPTextElement(this);
    heading_->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
    side_->addElement(0, 0, heading_);
    side_->addElement(1, 0, legend);
    legend->setVisible(true);
    legend->setFillOrder(QCPLegend::foRowsFirst);
    // Takes the height that is left, so that the legend's lines stay together.
    side_->addElement(2, 0, new QCPLayoutElement(this));
    side_->setRowStretchFactor(0, 0.001);
    side_->setRowStretchFactor(1, 0.001);
    plotLayout()->addElement(0, 1, side_);
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
        graph(static_cast<int>(line))->setVisible(isKnown(line));
    }
    if (!curve_) zoom_->showWhole();
    setRanges();
    updateLegend();
    replot(rpQueuedReplot);
}

void ProgressPlot::setRanges() {
    if (!curve_ || curve_->empty()) return;
    double lowest = 1.0;
    for (std::size_t line = 0; line < lines().size(); ++line)
        if (isKnown(line))
            for (const auto& point : *curve_) lowest = std::min(lowest, point.*lines()[line].value);
    // Whole tens, so that the axis stays where it is while the run goes on.
    zoom_->setWhole({0.0, axisEnd(curve_->back().step, budget_)},
                    {std::max(0.0, std::floor(10.0 * lowest - 0.2) * 10.0), 101.0});
}

bool ProgressPlot::isKnown(std::size_t line) const {
    const auto value = lines()[line].value;
    if (value != &ProgressPoint::bestTest || !curve_) return true;
    return std::ranges::any_of(*curve_, [value](const ProgressPoint& point) { return point.*value > 0.0; });
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
        const auto name = tr(lines()[line].name);
        graph(static_cast<int>(line))
            ->setName(!known          ? name
                      : isKnown(line) ? tr("%1 %  %2").arg(number, name)
                                      : tr("%1: nothing is held out").arg(name));
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

void ProgressPlot::moveCursor(std::size_t point) {
    setCursor(point);
    zoom_->bringIntoSight(static_cast<double>((*curve_)[point].step));
}

void ProgressPlot::keyPressEvent(QKeyEvent* event) {
    if (!curve_ || curve_->empty()) return QCustomPlot::keyPressEvent(event);
    const std::size_t last = curve_->size() - 1;
    // The cursor comes in from the right of what is seen.
    const std::size_t now = cursor_.value_or(zoom_->isCloser() ? nearestPoint(xAxis->range().upper) : last);
    const std::size_t stride = event->modifiers() & Qt::ShiftModifier ? std::max<std::size_t>(1, last / 20) : 1;
    const auto around = cursor_ ? std::optional(static_cast<double>((*curve_)[*cursor_].step)) : std::nullopt;
    switch (event->key()) {
        case Qt::Key_Left: moveCursor(now - std::min(now, stride)); break;
        case Qt::Key_Right: moveCursor(std::min(last, now + stride)); break;
        case Qt::Key_Up: zoom_->pan(0.0, kPan); break;
        case Qt::Key_Down: zoom_->pan(0.0, -kPan); break;
        case Qt::Key_Plus:
        case Qt::Key_Equal: zoom_->zoom(kCloser, around); break;
        case Qt::Key_Minus: zoom_->zoom(1.0 / kCloser, around); break;
        case Qt::Key_Home:
            if (zoom_->isCloser())
                zoom_->showWhole();
            else
                setCursor(0);
            break;
        case Qt::Key_End:
        case Qt::Key_Escape: setCursor({}); break;
        default: QCustomPlot::keyPressEvent(event);
    }
}

void ProgressPlot::putLegendBelow() {
    plotLayout()->take(side_);
    plotLayout()->addElement(1, 0, side_);
    plotLayout()->simplify();
    plotLayout()->setRowStretchFactor(1, 0.001);
    side_->removeAt(2);
    // There the room is the curves'.
    side_->remove(std::exchange(heading_, nullptr));
    side_->simplify();
}

FigurePainter ProgressPlot::figure(const FigurePage& page) const {
    if (!curve_ || curve_->empty()) return nullptr;
    ProgressPlot paper;
    paper.setPalette(page.palette);
    paper.setFont(page.font);
    paper.setCurve(curve_, budget_);
    paper.xAxis->setRange(xAxis->range());
    paper.yAxis->setRange(yAxis->range());
    if (isNarrow(page)) paper.putLegendBelow();
    return pictureOfPlot(paper, page.size);
}

QFont ProgressPlot::textFont() const { return testAttribute(Qt::WA_SetFont) ? font() : tabularFont(); }

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
    const auto text = textFont();
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
    // A line is clipped at its icon's height.
    legend->setIconSize(QFontMetrics(text).height() * 2, QFontMetrics(text).height() * 5 / 4);
    legend->setRowSpacing(1);
    axisRect()->setMinimumMargins(QMargins(space, space, space, space));
}

}  // namespace mergarium
