#pragma once

#include <cstddef>
#include <span>

namespace mergarium {

/// A child's span is first * theta_1 + second * theta_2.
struct MixingCoefficients {
    double first = 1.0;
    double second = 0.0;
};

/// Entries of the 2 x 2 Gram matrix of two vectors.
struct PairGram {
    double firstFirst = 0.0;
    double firstSecond = 0.0;
    double secondSecond = 0.0;
};

MixingCoefficients lerp(double ratio);

/// Spherical interpolation (Shoemake 1985) for vectors with this Gram matrix. Linear when the sine of the angle is at
/// most 1e-6: parallel and antiparallel vectors, and when either is zero.
MixingCoefficients slerp(const PairGram& gram, double ratio);

/// As `slerp`, but linear as soon as the cosine is beyond +-0.9995: how mergekit merges tensor by tensor.
MixingCoefficients slerpUnlessColinear(const PairGram& gram, double ratio);

/// The angle in [0, pi] as 2 atan2(|u - v|, |u + v|) of the unit vectors; 0 when either vector is zero.
double angleBetween(const PairGram& gram);

/// Of two vectors, in one pass over both: each entry to the bit as `dotProduct` has it.
PairGram pairGram(std::span<const float> a, std::span<const float> b);

/// Accumulated in fp64, in a fixed order.
double dotProduct(std::span<const float> a, std::span<const float> b);

}  // namespace mergarium
