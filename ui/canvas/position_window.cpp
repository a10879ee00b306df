#include "ui/canvas/position_window.h"

#include <algorithm>

namespace mergarium {
namespace {

constexpr double kFewest = 8.0;

}  // namespace

PositionWindow PositionWindow::within(std::size_t count) const {
    const auto all = static_cast<double>(count);
    PositionWindow window{begin, span > 0.0 ? std::clamp(span, std::min(kFewest, all), all) : all};
    window.begin = std::clamp(begin, 0.0, all - window.span);
    return window;
}

PositionWindow PositionWindow::zoomed(double factor, double anchor) const {
    return {anchor - (anchor - begin) * factor, span * factor};
}

}  // namespace mergarium
