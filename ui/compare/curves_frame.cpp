#include "ui/compare/curves_frame.h"

#include "ui/compare/arm_colors.h"

#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <limits>

namespace mergarium {
namespace {

/// An arm's curve and the edges of its band, in pixels.
struct Shape {
    QPolygonF band;
    QPolygonF mean;
};

Shape shapeOf(const CurvesFrame& frame, std::size_t arm) {
    const auto& measure = comparisonMeasures()[frame.request.measure];
    const auto& band = frame.request.comparison->arms[arm].*measure.band;
    const double width = frame.request.size.width(), height = frame.request.size.height();
    const auto x = [&](double at) { return width * at / frame.end; };
    const auto y = [&](double value) {
        return height * (frame.most - shownValue(measure, value)) / (frame.most - frame.least);
    };
    Shape shape;
    for (std::size_t i = 0; i < band.at.size(); ++i) {
        const auto& value = band.values[i];
        shape.band << QPointF(x(band.at[i]), y(value.mean + value.standardError));
        shape.mean << QPointF(x(band.at[i]), y(value.mean));
    }
    for (std::size_t i = band.at.size(); i-- > 0;)
        shape.band << QPointF(x(band.at[i]), y(band.values[i].mean - band.values[i].standardError));
    return shape;
}

void paint(CurvesFrame& frame) {
    const auto& request = frame.request;
    frame.image = QImage(request.size * request.pixelRatio, QImage::Format_ARGB32_Premultiplied);
    frame.image.setDevicePixelRatio(request.pixelRatio);
    frame.image.fill(Qt::transparent);
    QPainter painter(&frame.image);
    paintCurves(painter, frame);
}

}  // namespace

void findExtent(CurvesFrame& frame) {
    const auto& measure = comparisonMeasures()[frame.request.measure];
    double least = std::numeric_limits<double>::max(), most = std::numeric_limits<double>::lowest();
    const auto& arms = frame.request.comparison->arms;
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        if (frame.request.hidden.contains(arm)) continue;
        frame.end = std::max(frame.end, static_cast<double>(arms[arm].budget));
        const auto& band = arms[arm].*measure.band;
        for (std::size_t i = 0; i < band.at.size(); ++i) {
            const auto& value = band.values[i];
            least = std::min(least, shownValue(measure, value.mean - value.standardError));
            most = std::max(most, shownValue(measure, value.mean + value.standardError));
        }
    }
    if (least > most) return;
    const double margin = std::max(measure.percent ? 0.5 : 0.05, 0.05 * (most - least));
    frame.least = least - margin;
    frame.most = most + margin;
}

void paintCurves(QPainter& painter, const CurvesFrame& frame) {
    const auto& request = frame.request;
    painter.setRenderHint(QPainter::Antialiasing);
    const auto isFaint = [&](std::size_t arm) { return request.stressed && *request.stressed != arm; };

    std::vector<std::size_t> order;
    for (std::size_t arm = 0; arm < request.comparison->arms.size(); ++arm)
        if (!request.hidden.contains(arm)) order.push_back(arm);
    // The stressed one last, over the others.
    std::ranges::stable_partition(order, isFaint);
    std::vector<Shape> shapes;
    for (const auto arm : order) shapes.push_back(shapeOf(frame, arm));

    painter.setPen(Qt::NoPen);
    for (std::size_t i = 0; i < order.size(); ++i) {
        auto fill = armStyle(order[i], request.colors).color;
        fill.setAlphaF(isFaint(order[i]) ? 0.06f : 0.2f);
        painter.setBrush(fill);
        painter.drawPolygon(shapes[i].band);
    }
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto style = armStyle(order[i], request.colors);
        auto line = style.color;
        line.setAlphaF(isFaint(order[i]) ? 0.35f : 1.0f);
        painter.setPen(QPen(line, request.stressed == order[i] ? 3.0 : 2.0, style.line));
        painter.drawPolyline(shapes[i].mean);
    }
}

double shownValue(const ComparisonMeasure& measure, double value) { return measure.percent ? 100.0 * value : value; }

CurvesFramePtr makeCurvesFrame(const CurvesRequest& request) {
    auto frame = std::make_shared<CurvesFrame>();
    frame->request = request;
    if (!request.comparison) return frame;
    findExtent(*frame);
    if (frame->least < frame->most && !request.size.isEmpty()) paint(*frame);
    return frame;
}

}  // namespace mergarium
