#include "ui/compare/arm_colors.h"

#include <QPainter>

#include <algorithm>
#include <array>

namespace mergarium {

ArmStyle armStyle(std::size_t arm, const Colors& colors) {
    const std::array series{colors.first, colors.second, colors.third, colors.fourth, colors.mutedText};
    constexpr std::array lines{Qt::SolidLine, Qt::DashLine, Qt::DashDotLine, Qt::DotLine};
    return {series[arm % series.size()], lines[arm / series.size() % lines.size()]};
}

QPixmap armSwatch(const ArmStyle& style, int height) {
    QPixmap swatch(2 * height, height);
    swatch.fill(Qt::transparent);
    QPainter painter(&swatch);
    painter.setPen(QPen(style.color, std::max(2, height / 4), style.line, Qt::FlatCap));
    painter.drawLine(0, height / 2, swatch.width(), height / 2);
    return swatch;
}

}  // namespace mergarium
