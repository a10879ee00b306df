#include "core/figures/magnitude.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace mergarium {
namespace {

/// Equally spaced samples.
constexpr std::array<std::uint32_t, 10> kCividis{0x00204D, 0x00336F, 0x39486B, 0x575C6D, 0x707173,
                                                 0x8A8779, 0xA69D75, 0xC4B56C, 0xE4CF5B, 0xFFEA46};

}  // namespace

std::uint32_t magnitudeColour(double share) {
    const double position = (share > 0.0 ? std::min(share, 1.0) : 0.0) * (kCividis.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(position), kCividis.size() - 2);
    const double way = position - static_cast<double>(below);
    std::uint32_t colour = 0;
    for (const int shift : {16, 8, 0}) {
        const auto part = [&](std::uint32_t one) { return static_cast<double>((one >> shift) & 0xFF); };
        const double mixed = part(kCividis[below]) + way * (part(kCividis[below + 1]) - part(kCividis[below]));
        colour |= static_cast<std::uint32_t>(std::lround(mixed)) << shift;
    }
    return colour;
}

}  // namespace mergarium
