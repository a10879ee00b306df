#include "core/genome/interpolation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace mergarium {
namespace {

/// Eight sums side by side, whatever the processor's width, so that every processor rounds alike: two vectors of four,
/// the widest that the compiler keeps in registers. Left to find vectors by itself it makes scalars of most.
constexpr std::size_t kVectorWidth = 8;
typedef double Four __attribute__((vector_size(4 * sizeof(double))));
typedef float FourFloats __attribute__((vector_size(4 * sizeof(float))));

struct Vector8 {
    Four low{}, high{};
};

[[gnu::always_inline]] inline void load(const float* from, Four& to) {
    FourFloats values;
    std::memcpy(&values, from, sizeof values);
    to = __builtin_convertvector(values, Four);
}

[[gnu::always_inline]] inline void load(const float* from, Vector8& to) {
    load(from, to.low);
    load(from + 4, to.high);
}

[[gnu::always_inline]] inline void addProducts(Vector8& sums, const Vector8& x, const Vector8& y) {
    sums.low += x.low * y.low;
    sums.high += x.high * y.high;
}

[[gnu::always_inline]] inline double sumOf(const Vector8& sums) {
    const auto& [low, high] = sums;
    return ((low[0] + low[1]) + (low[2] + low[3])) + ((high[0] + high[1]) + (high[2] + high[3]));
}

[[gnu::always_inline]] inline double dot(const float* a, const float* b, std::size_t count) {
    Vector8 sums, x, y;
    const std::size_t whole = count / kVectorWidth * kVectorWidth;
    for (std::size_t i = 0; i < whole; i += kVectorWidth) {
        load(a + i, x);
        load(b + i, y);
        addProducts(sums, x, y);
    }
    double total = sumOf(sums);
    for (std::size_t i = whole; i < count; ++i) total += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return total;
}

/// Three products at once: every number is widened once, and the processor has three times as many sums to go on with
/// while it waits for one.
[[gnu::always_inline]] inline void dots(const float* a, const float* b, std::size_t count, PairGram& gram) {
    Vector8 aa, ab, bb, x, y;
    const std::size_t whole = count / kVectorWidth * kVectorWidth;
    for (std::size_t i = 0; i < whole; i += kVectorWidth) {
        load(a + i, x);
        load(b + i, y);
        addProducts(aa, x, x);
        addProducts(ab, x, y);
        addProducts(bb, y, y);
    }
    gram = {sumOf(aa), sumOf(ab), sumOf(bb)};
    for (std::size_t i = whole; i < count; ++i) {
        const double one = a[i], other = b[i];
        gram.firstFirst += one * one;
        gram.firstSecond += one * other;
        gram.secondSecond += other * other;
    }
}

double plainDot(const float* a, const float* b, std::size_t count) { return dot(a, b, count); }
void plainDots(const float* a, const float* b, std::size_t count, PairGram& gram) { dots(a, b, count, gram); }

#if defined(__x86_64__)
[[gnu::target("avx2")]] double wideDot(const float* a, const float* b, std::size_t count) { return dot(a, b, count); }
[[gnu::target("avx2")]] void wideDots(const float* a, const float* b, std::size_t count, PairGram& gram) {
    dots(a, b, count, gram);
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

PairGram pairGram(std::span<const float> a, std::span<const float> b) {
    PairGram gram;
    kDots(a.data(), b.data(), a.size(), gram);
    return gram;
}

double dotProduct(std::span<const float> a, std::span<const float> b) { return kDot(a.data(), b.data(), a.size()); }

}  // namespace mergarium
