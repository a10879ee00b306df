#include "core/genome/interpolation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace mergarium {
namespace {

/// Eight sums side by side, whatever the processor's width, so that every processor rounds alike.
constexpr std::size_t kLanes = 8;
using Lanes = std::array<double, kLanes>;

[[gnu::always_inline]] inline double sumOf(const Lanes& sums) {
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

[[gnu::always_inline]] inline double dot(const float* a, const float* b, std::size_t count) {
    Lanes sums{};
    const std::size_t whole = count / kLanes * kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            sums[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
    double total = sumOf(sums);
    for (std::size_t i = whole; i < count; ++i) total += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return total;
}

/// Three products at once: every number is widened once, and the processor has three times as many sums to go on with
/// while it waits for one.
[[gnu::always_inline]] inline PairGram dots(const float* a, const float* b, std::size_t count) {
    Lanes aa{}, ab{}, bb{};
    const std::size_t whole = count / kLanes * kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const double x = a[i + lane], y = b[i + lane];
            aa[lane] += x * x;
            ab[lane] += x * y;
            bb[lane] += y * y;
        }
    PairGram gram{sumOf(aa), sumOf(ab), sumOf(bb)};
    for (std::size_t i = whole; i < count; ++i) {
        const double x = a[i], y = b[i];
        gram.firstFirst += x * x;
        gram.firstSecond += x * y;
        gram.secondSecond += y * y;
    }
    return gram;
}

double plainDot(const float* a, const float* b, std::size_t count) { return dot(a, b, count); }
PairGram plainDots(const float* a, const float* b, std::size_t count) { return dots(a, b, count); }

#if defined(__x86_64__)
[[gnu::target("avx2")]] double wideDot(const float* a, const float* b, std::size_t count) { return dot(a, b, count); }
[[gnu::target("avx2")]] PairGram wideDots(const float* a, const float* b, std::size_t count) {
    return dots(a, b, count);
}
const auto kDot = __builtin_cpu_supports("avx2") ? wideDot : plainDot;
const auto kDots = __builtin_cpu_supports("avx2") ? wideDots : plainDots;
#else
const auto kDot = plainDot;
const auto kDots = plainDots;
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

PairGram pairGram(std::span<const float> a, std::span<const float> b) { return kDots(a.data(), b.data(), a.size()); }

double dotProduct(std::span<const float> a, std::span<const float> b) { return kDot(a.data(), b.data(), a.size()); }

}  // namespace mergarium
