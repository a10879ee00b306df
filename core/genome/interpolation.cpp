#include "core/genome/interpolation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace mergarium {
namespace {

/// Eight sums side by side, whatever the processor's width, so that every processor rounds alike.
[[gnu::always_inline]] inline double dot(const float* a, const float* b, std::size_t count) {
    constexpr std::size_t kLanes = 8;
    std::array<double, kLanes> sums{};
    const std::size_t whole = count / kLanes * kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            sums[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
    double total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (std::size_t i = whole; i < count; ++i) total += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return total;
}

double plainDot(const float* a, const float* b, std::size_t count) { return dot(a, b, count); }

#if defined(__x86_64__)
[[gnu::target("avx2")]] double wideDot(const float* a, const float* b, std::size_t count) { return dot(a, b, count); }
const auto kDot = __builtin_cpu_supports("avx2") ? wideDot : plainDot;
#else
const auto kDot = plainDot;
#endif

}  // namespace

MixingCoefficients lerp(double ratio) { return {1.0 - ratio, ratio}; }

double angleBetween(const PairGram& gram) {
    if (gram.firstFirst <= 0.0 || gram.secondSecond <= 0.0) return 0.0;
    const double cosine = gram.firstSecond / (std::sqrt(gram.firstFirst) * std::sqrt(gram.secondSecond));
    const double difference = std::sqrt(std::max(0.0, 2.0 - 2.0 * cosine));
    const double sum = std::sqrt(std::max(0.0, 2.0 + 2.0 * cosine));
    return 2.0 * std::atan2(difference, sum);
}

MixingCoefficients slerp(const PairGram& gram, double ratio) {
    const double angle = angleBetween(gram);
    const double sine = std::sin(angle);
    if (!(sine > 1e-6)) return lerp(ratio);
    return {std::sin((1.0 - ratio) * angle) / sine, std::sin(ratio * angle) / sine};
}

MixingCoefficients slerpUnlessColinear(const PairGram& gram, double ratio) {
    constexpr double kColinear = 0.9995;
    // A zero vector is taken to stand at a right angle to everything.
    if (gram.firstFirst <= 0.0 || gram.secondSecond <= 0.0) {
        constexpr double kRight = std::numbers::pi / 2.0;
        return {std::sin((1.0 - ratio) * kRight), std::sin(ratio * kRight)};
    }
    return std::abs(std::cos(angleBetween(gram))) > kColinear ? lerp(ratio) : slerp(gram, ratio);
}

double dotProduct(std::span<const float> a, std::span<const float> b) { return kDot(a.data(), b.data(), a.size()); }

}  // namespace mergarium
