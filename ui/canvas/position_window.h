#pragma once

#include <cstddef>

namespace mergarium {

/// Which positions are in view, as real numbers, so that zooming and panning are smooth.
struct PositionWindow {
    double begin = 0.0;
    double span = 0.0;

    double end() const { return begin + span; }
    /// Kept within `count` positions and at least a few of them wide.
    PositionWindow within(std::size_t count) const;
    /// `factor` < 1 shows fewer positions; what is at `anchor` stays where it is.
    PositionWindow zoomed(double factor, double anchor) const;
    bool operator==(const PositionWindow&) const = default;
};

}  // namespace mergarium
