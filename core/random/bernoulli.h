#pragma once

#include <cstdint>
#include <span>

namespace mergarium {

/// Which random mask: every bit is a pure function of these and of its position.
struct MaskStream {
    std::uint64_t seed = 0;
    std::uint32_t tensor = 0;
    std::uint32_t model = 0;
};

/// 32 random bits for each position from `begin` on (Purpose::MergeMask).
void drawMaskBits(const MaskStream& stream, std::uint64_t begin, std::span<std::uint32_t> out);

/// 32 random bits are below it with this probability, which is taken into [0, 1] and rounded to a multiple of 2^-32.
std::uint64_t thresholdOf(double probability);

}  // namespace mergarium
