#pragma once

#include <cstdint>
#include <span>

namespace mergarium {

/// Which random mask: what is drawn for a position is a pure function of these and of the position
/// (Purpose::MergeMask).
struct MaskStream {
    std::uint64_t seed = 0;
    std::uint32_t tensor = 0;
    /// Below 2^15.
    std::uint32_t model = 0;
};

/// 1 with this probability, else 0, for each position from `begin` on, which is a multiple of 512. The probability is
/// taken into [0, 1] and rounded to a multiple of 2^-32.
void drawKept(const MaskStream& stream, double probability, std::uint64_t begin, std::span<std::uint8_t> out);

/// 32 random bits for each position from `begin` on: for probabilities that differ from position to position.
void drawMaskBits(const MaskStream& stream, std::uint64_t begin, std::span<std::uint32_t> out);

/// 32 random bits are below it with this probability.
std::uint64_t thresholdOf(double probability);

}  // namespace mergarium
