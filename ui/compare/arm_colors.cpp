#include "ui/compare/arm_colors.h"

#include <array>

namespace mergarium {

ArmStyle armStyle(std::size_t arm, const Colors& colors) {
    const std::array series{colors.first, colors.second, colors.third, colors.fourth, colors.mutedText};
    constexpr std::array lines{Qt::SolidLine, Qt::DashLine, Qt::DashDotLine, Qt::DotLine};
    return {series[arm % series.size()], lines[arm / series.size() % lines.size()]};
}

}  // namespace mergarium
