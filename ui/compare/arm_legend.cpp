#include "ui/compare/arm_legend.h"

#include "ui/compare/arm_colors.h"
#include "ui/theme/translation.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <vector>

namespace mergarium {
namespace {

/// In lines of text: the sample of an arm's line, the space to either side of it, and from name to name.
constexpr double kSample = 2.2, kSpace = 0.5, kStep = 1.25;
constexpr double kMostOfRoom = 0.35;

std::vector<std::size_t> armsDrawn(const CurvesRequest& request) {
    std::vector<std::size_t> arms;
    for (std::size_t arm = 0; arm < request.comparison->arms.size(); ++arm)
        if (!request.hidden.contains(arm)) arms.push_back(arm);
    return arms;
}

QString nameOf(const CurvesRequest& request, std::size_t arm) {
    return QString::fromStdString(request.comparison->arms[arm].name);
}

}  // namespace

double armLegendWidth(const CurvesRequest& request, const QFont& font, double room) {
    const QFontMetricsF metrics(font);
    double widest = 0.0;
    for (const auto arm : armsDrawn(request))
        widest = std::max(widest, metrics.horizontalAdvance(nameOf(request, arm)) + 1.0);
    return widest > 0.0 ? std::min(kMostOfRoom * room, widest + (kSample + 2 * kSpace) * metrics.height()) : 0.0;
}

double armLegendHeight(const CurvesRequest& request, const QFont& font, double room) {
    const double step = kStep * QFontMetricsF(font).height();
    return std::min(kMostOfRoom * room, step * static_cast<double>(armsDrawn(request).size()));
}

void paintArmLegend(QPainter& painter, const QRectF& place, const CurvesRequest& request) {
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height(), step = kStep * line;
    const auto arms = armsDrawn(request);
    const auto fit = static_cast<std::size_t>(std::max(1.0, place.height() / step + 1e-6));
    const auto shown = arms.size() <= fit ? arms.size() : fit - 1;
    const double left = place.left() + (kSample + 2 * kSpace) * line;
    const auto say = [&](std::size_t row, const QString& text) {
        painter.setPen(request.colors.text);
        painter.drawText(QRectF(left, place.top() + static_cast<double>(row) * step, place.right() - left, line),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(text, Qt::ElideMiddle, place.right() - left));
    };
    for (std::size_t row = 0; row < shown; ++row) {
        const auto style = armStyle(arms[row], request.colors);
        const double y = place.top() + static_cast<double>(row) * step + line / 2;
        painter.setPen(QPen(style.color, request.stressed == arms[row] ? 3.0 : 2.0, style.line, Qt::FlatCap));
        painter.drawLine(QPointF(place.left() + kSpace * line, y), QPointF(left - kSpace * line, y));
        say(row, nameOf(request, arms[row]));
    }
    if (shown < arms.size()) say(shown, tr("and %1 more").arg(arms.size() - shown));
}

}  // namespace mergarium
