#include "ui/compare/compare_plot.h"

#include "ui/compare/arm_colors.h"
#include "ui/session/run_text.h"
#include "ui/theme/plot_theme.h"

#include <algorithm>

namespace mergarium {
namespace {

/// Every arm has three graphs: the band's lower and upper edge and the mean.
constexpr int kGraphs = 3;

double scaled(const ComparisonMeasure& measure, double value) { return measure.percent ? 100.0 * value : value; }

QString pointText(const ArmResult& arm, const ComparisonMeasure& measure, double evaluations) {
    const auto& band = arm.*measure.band;
    if (band.at.empty()) return {};
    const auto after = std::upper_bound(band.at.begin(), band.at.end(), evaluations);
    const auto index = static_cast<std::size_t>(after == band.at.begin() ? 0 : after - band.at.begin() - 1);
    const auto& summary = band.values[index];
    return QStringLiteral("%1: %2 \u00b1 %3")
        .arg(QString::fromStdString(arm.name))
        .arg(scaled(measure, summary.mean), 0, 'f', 1)
        .arg(scaled(measure, summary.standardError), 0, 'f', 1);
}

}  // namespace

ComparePlot::ComparePlot(QWidget* parent) : QCustomPlot(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Mean curves of the compared runs"));
    setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    xAxis->setLabel(tr("Evaluations"));
    for (auto* axis : {xAxis, yAxis}) {
        axis->setNumberFormat("f");
        axis->setNumberPrecision(0);
    }
    marker_ = new QCPItemStraightLine(this);
    marker_->setVisible(false);
    restyle();
}

void ComparePlot::show(std::shared_ptr<const Comparison> comparison, std::size_t measure) {
    comparison_ = std::move(comparison);
    measure_ = measure;
    stressed_.reset();
    setCursor({});
    build();
}

void ComparePlot::build() {
    clearGraphs();
    if (!comparison_) return replot(rpQueuedReplot);
    const auto& measure = comparisonMeasures()[measure_];
    double end = 1.0, least = 1e300, most = -1e300;
    for (const auto& arm : comparison_->arms) {
        const auto& band = arm.*measure.band;
        QVector<QCPGraphData> lower, mean, upper;
        for (std::size_t i = 0; i < band.at.size(); ++i) {
            const double value = scaled(measure, band.values[i].mean),
                         error = scaled(measure, band.values[i].standardError);
            lower.append({band.at[i], value - error});
            mean.append({band.at[i], value});
            upper.append({band.at[i], value + error});
            least = std::min(least, value - error);
            most = std::max(most, value + error);
            end = std::max(end, band.at[i]);
        }
        for (const auto& points : {lower, upper, mean}) {
            addGraph()->data()->set(points, true);
            graph()->setLineStyle(QCPGraph::lsLine);
        }
        graph()->setName(QString::fromStdString(arm.name));
    }
    yAxis->setLabel(measure.percent ? tr("%1 (%)").arg(measure.name) : measure.name);
    xAxis->setRange(0.0, end);
    if (least <= most) {
        const double margin = std::max(0.5, 0.05 * (most - least));
        yAxis->setRange(least - margin, most + margin);
    }
    restyle();
    replot(rpQueuedReplot);
}

void ComparePlot::restyle() {
    stylePlot(*this, palette(), font());
    const auto colors = colorsOf(palette());
    marker_->setPen(QPen(colors.mutedText, 0, Qt::DotLine));
    for (int arm = 0; arm * kGraphs < graphCount(); ++arm) {
        const auto style = armStyle(static_cast<std::size_t>(arm), colors);
        const bool faint = stressed_ && static_cast<int>(*stressed_) != arm;
        auto* lower = graph(arm * kGraphs);
        auto* upper = graph(arm * kGraphs + 1);
        auto* mean = graph(arm * kGraphs + 2);
        auto fill = style.color;
        fill.setAlphaF(faint ? 0.06f : 0.2f);
        auto line = style.color;
        line.setAlphaF(faint ? 0.35f : 1.0f);
        lower->setPen(Qt::NoPen);
        upper->setPen(Qt::NoPen);
        upper->setBrush(fill);
        upper->setChannelFillGraph(lower);
        mean->setPen(QPen(line, stressed_ && !faint ? 3.0 : 2.0, style.line));
    }
}

void ComparePlot::stress(std::optional<std::size_t> arm) {
    if (arm == stressed_) return;
    stressed_ = arm;
    restyle();
    replot(rpQueuedReplot);
}

void ComparePlot::setCursor(std::optional<double> evaluations) {
    if (cursor_ == evaluations) return;
    cursor_ = evaluations;
    marker_->setVisible(cursor_.has_value());
    QString text;
    if (cursor_ && comparison_) {
        marker_->point1->setCoords(*cursor_, 0.0);
        marker_->point2->setCoords(*cursor_, 1.0);
        QStringList arms;
        for (const auto& arm : comparison_->arms)
            if (const auto one = pointText(arm, comparisonMeasures()[measure_], *cursor_); !one.isEmpty()) arms << one;
        text = tr("After %1 evaluations: %2.").arg(countText(static_cast<std::uint64_t>(*cursor_)), arms.join(", "));
    }
    setAccessibleDescription(text);
    Q_EMIT readoutChanged(text);
    replot(rpQueuedReplot);
}

void ComparePlot::changeEvent(QEvent* event) {
    QCustomPlot::changeEvent(event);
    if (event->type() != QEvent::PaletteChange && event->type() != QEvent::FontChange) return;
    restyle();
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
