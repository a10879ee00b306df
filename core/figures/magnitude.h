#pragma once

#include <cstdint>

namespace mergarium {

/// Cividis (Nunez, Anderton and Renslow 2018), 0xRRGGBB: 0 is dark blue, 1 is yellow; readable with every kind of
/// colour vision. Outside [0, 1] it is clamped; a NaN is 0, and callers paint it as absent.
std::uint32_t magnitudeColour(double share);

}  // namespace mergarium
