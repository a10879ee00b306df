#include "ui/compare/compare_plot.h"

#include "ui/background/latest_worker.h"
#include "ui/compare/arm_legend.h"
#include "ui/figures/plot_picture.h"
#include "ui/session/run_text.h"
#include "ui/theme/plot_theme.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

/// A sentence names no more arms than this.
constexpr std::size_t kMostRead = 8;

/// The band's value at a place; null where the arm has none.
const Summary* valueAt(const Band& band, double evaluations) {
    if (band.at.empty()) return nullptr;
    const auto after = std::upper_bound(band.at.begin(), band.at.end(), evaluations);
    return &band.values[static_cast<std::size_t>(after == band.at.begin() ? 0 : after - band.at.begin() - 1)];
}

QString pointText(const ArmResult& arm, const ComparisonMeasure& measure, const Summary& value) {
    const int decimals = measure.percent ? 1 : 2;
    const auto mean = QStringLiteral("%1: %2")
                          .arg(QString::fromStdString(arm.name))
                          .arg(shownValue(measure, value.mean), 0, 'f', decimals);
    // One run has no spread.
    if (value.count < 2) return mean;
    return QStringLiteral("%1 \u00b1 %2").arg(mean).arg(shownValue(measure, value.standardError), 0, 'f', decimals);
}

}  // namespace

ComparePlot::ComparePlot(QWidget* parent) : QCustomPlot(parent), worker_(new LatestWorker(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Mean curves of the compared runs"));
    setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    xAxis->setLabel(tr("Evaluations"));
    for (auto* axis : {xAxis, yAxis}) {
        axis->setNumberFormat("f");
        axis->setNumberPrecision(0);
    }
    curves_ = new QCPItemPixmap(this);
    curves_->setLayer("main");
    curves_->setSelectable(false);
    // Never scaled: a picture for another size stands for a moment only, and scaling one of a large screen takes
    // longer.
    curves_->setScaled(false);
    curves_->topLeft->setType(QCPItemPosition::ptAxisRectRatio);
    curves_->topLeft->setCoords(0.0, 0.0);
    curves_->setVisible(false);
    marker_ = new QCPItemStraightLine(this);
    marker_->setVisible(false);
    // Labels and the window's size decide how much room is left between the axes.
    connect(this, &QCustomPlot::afterLayout, this, [this] {
        if (frame_ && (frame_->request.size != room() || frame_->request.pixelRatio != devicePixelRatioF())) request();
    });
    restyle();
}

void ComparePlot::show(std::shared_ptr<const Comparison> comparison, std::size_t measure) {
    comparison_ = std::move(comparison);
    measure_ = measure;
    read();
    request();
}

void ComparePlot::request() {
    const CurvesRequest wanted{.comparison = comparison_,
                               .measure = measure_,
                               .stressed = stressed_,
                               .hidden = hidden_,
                               .size = room(),
                               .pixelRatio = devicePixelRatioF(),
                               .colors = colorsOf(palette())};
    worker_->run([wanted] { return makeCurvesFrame(wanted); }, [this](const CurvesFramePtr& frame) { present(frame); });
}

void ComparePlot::present(const CurvesFramePtr& frame) {
    frame_ = frame;
    curves_->setVisible(!frame->image.isNull());
    if (curves_->visible()) curves_->setPixmap(QPixmap::fromImage(frame->image));
    showAxes(*frame);
    replot(rpQueuedReplot);
}

void ComparePlot::showAxes(const CurvesFrame& frame) {
    if (!frame.request.comparison) return;
    const auto& measure = comparisonMeasures()[frame.request.measure];
    yAxis->setLabel(measure.percent ? tr("%1 (%)").arg(measure.name) : measure.name);
    yAxis->setNumberPrecision(measure.percent ? 0 : 1);
    xAxis->setRange(0.0, frame.end);
    if (frame.least < frame.most) yAxis->setRange(frame.least, frame.most);
}

FigurePainter ComparePlot::figure(const FigurePage& page) const {
    CurvesFrame frame;
    frame.request = {.comparison = comparison_,
                     .measure = measure_,
                     .stressed = stressed_,
                     .hidden = hidden_,
                     .size = {},
                     .pixelRatio = 1.0,
                     .colors = page.colors()};
    if (!comparison_) return nullptr;
    findExtent(frame);
    const auto& size = page.size;
    const bool below = isNarrow(page);
    const double beside = below ? 0.0 : armLegendWidth(frame.request, page.font, size.width());
    const double under = below ? armLegendHeight(frame.request, page.font, size.height()) : 0.0;
    ComparePlot paper;
    // What it would ask for is for a window.
    const QSignalBlocker quiet(paper);
    paper.setPalette(page.palette);
    paper.setFont(page.font);
    paper.showAxes(frame);
    const auto axes = pictureOfPlot(paper, {size.width() - beside, size.height() - under});
    const auto place = paper.axisRect()->rect();
    frame.request.size = place.size();
    const auto names = below ? QRectF(0.0, size.height() - under, size.width(), under)
                             : QRectF(size.width() - beside, place.top(), beside, place.height());
    return [axes, place, frame, names](QPainter& painter) {
        axes(painter);
        paintArmLegend(painter, names, frame.request);
        painter.setClipRect(QRectF(place));
        painter.translate(place.topLeft());
        if (frame.least < frame.most) paintCurves(painter, frame);
    };
}

QString ComparePlot::figureSubject() const {
    return comparison_ ? QString::fromStdString(comparison_->title) : QString();
}

void ComparePlot::restyle() {
    stylePlot(*this, palette(), font());
    // Half of the last number on the axis stands beyond its end.
    axisRect()->setMinimumMargins({0, 0, fontMetrics().horizontalAdvance(QStringLiteral("100,000")) / 2, 0});
    marker_->setPen(QPen(colorsOf(palette()).mutedText, 0, Qt::DotLine));
}

void ComparePlot::stress(std::optional<std::size_t> arm) {
    if (std::exchange(stressed_, arm) != arm) request();
}

void ComparePlot::hideArms(std::set<std::size_t> arms) {
    if (arms == hidden_) return;
    hidden_ = std::move(arms);
    read();
    request();
}

void ComparePlot::setCursor(std::optional<double> evaluations) {
    if (cursor_ == evaluations) return;
    cursor_ = evaluations;
    marker_->setVisible(cursor_.has_value());
    if (cursor_) {
        marker_->point1->setCoords(*cursor_, 0.0);
        marker_->point2->setCoords(*cursor_, 1.0);
    }
    read();
    replot(rpQueuedReplot);
}

/// What the arms are at the cursor: where there are too many for a sentence the stressed one and the best.
void ComparePlot::read() {
    QString text;
    if (cursor_ && comparison_) {
        const auto& measure = comparisonMeasures()[measure_];
        std::vector<std::pair<std::size_t, const Summary*>> found;
        for (std::size_t arm = 0; arm < comparison_->arms.size(); ++arm)
            if (const auto* value = valueAt(comparison_->arms[arm].*measure.band, *cursor_);
                value && !hidden_.contains(arm))
                found.emplace_back(arm, value);
        const auto all = found.size();
        if (all > kMostRead) {
            std::ranges::sort(found, [&](const auto& a, const auto& b) {
                const bool first = stressed_ == a.first, second = stressed_ == b.first;
                return first != second ? first : a.second->mean > b.second->mean;
            });
            found.resize(kMostRead);
        }
        QStringList arms;
        for (const auto& [arm, value] : found) arms << pointText(comparison_->arms[arm], measure, *value);
        text = tr("After %1 evaluations: %2.").arg(countText(static_cast<std::uint64_t>(*cursor_)), arms.join(", "));
        if (all > kMostRead) text += tr(" These are the best of %1 arms.").arg(all);
    }
    setAccessibleDescription(text);
    Q_EMIT readoutChanged(text);
}

void ComparePlot::changeEvent(QEvent* event) {
    QCustomPlot::changeEvent(event);
    if (event->type() != QEvent::PaletteChange && event->type() != QEvent::FontChange) return;
    restyle();
    request();
    replot(rpQueuedReplot);
}

void ComparePlot::resizeEvent(QResizeEvent* event) {
    // Debian's QCustomPlot 2.1.0 mishandles a changing pixel ratio.
    if (bufferDevicePixelRatio() != devicePixelRatioF()) setBufferDevicePixelRatio(devicePixelRatioF());
    QCustomPlot::resizeEvent(event);
}

void ComparePlot::mouseMoveEvent(QMouseEvent* event) {
    QCustomPlot::mouseMoveEvent(event);
    const auto place = event->position().toPoint();
    const bool inside = comparison_ && axisRect()->rect().contains(place);
    setCursor(inside ? std::optional(std::clamp(xAxis->pixelToCoord(place.x()), 0.0, xAxis->range().upper))
                     : std::nullopt);
}

void ComparePlot::leaveEvent(QEvent* event) {
    QCustomPlot::leaveEvent(event);
    setCursor({});
}

void ComparePlot::keyPressEvent(QKeyEvent* event) {
    const double end = xAxis->range().upper;
    const double step = end / 100.0;
    switch (comparison_ ? event->key() : 0) {
        case Qt::Key_Left: return setCursor(std::max(0.0, cursor_.value_or(end) - step));
        case Qt::Key_Right: return setCursor(std::min(end, cursor_.value_or(0.0) + step));
        case Qt::Key_Home: return setCursor(0.0);
        case Qt::Key_End: return setCursor(end);
        case Qt::Key_Escape: return setCursor({});
        default: QCustomPlot::keyPressEvent(event);
    }
}

}  // namespace mergarium
