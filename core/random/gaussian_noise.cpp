#include "core/random/random_stream.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace mergarium {
namespace {

// Everything below is written as plain loops over short arrays, so that the compiler turns each into vector code.
// The file is compiled without fused multiply-add: the same seed gives the same noise on every x86-64 machine.
constexpr std::size_t kColumns = 64;
using Words = std::array<std::uint32_t, kColumns>;
using Floats = std::array<float, kColumns>;

/// Philox4x32-10 for kColumns consecutive counters at once (see philox.h, to which a test holds it).
void philoxColumns(std::uint32_t firstCounter, std::uint64_t seed, std::array<Words, 4>& out) {
    auto& [a, b, c, d] = out;
    for (std::size_t i = 0; i < kColumns; ++i) {
        a[i] = firstCounter + static_cast<std::uint32_t>(i);
        b[i] = 0;
        c[i] = 0;
        d[i] = static_cast<std::uint32_t>(Purpose::MutationNoise);
    }
    auto key0 = static_cast<std::uint32_t>(seed);
    auto key1 = static_cast<std::uint32_t>(seed >> 32);
    for (int round = 0; round < 10; ++round) {
        for (std::size_t i = 0; i < kColumns; ++i) {
            const std::uint64_t left = std::uint64_t{0xD2511F53} * a[i];
            const std::uint64_t right = std::uint64_t{0xCD9E8D57} * c[i];
            a[i] = static_cast<std::uint32_t>(right >> 32) ^ b[i] ^ key0;
            b[i] = static_cast<std::uint32_t>(right);
            c[i] = static_cast<std::uint32_t>(left >> 32) ^ d[i] ^ key1;
            d[i] = static_cast<std::uint32_t>(left);
        }
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
}

/// Natural logarithm of x in (0, 1]: x = m 2^e with m near 1, and the series of atanh; error below 2e-7 relative to 1.
inline float logOf(float x) {
    const std::uint32_t shifted = std::bit_cast<std::uint32_t>(x) - 0x3F3504F3u;  // sqrt(1/2)
    const auto exponent = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
    const float m = std::bit_cast<float>((shifted & 0x007FFFFFu) + 0x3F3504F3u);
    const float t = (m - 1.0f) / (m + 1.0f);
    const float t2 = t * t;
    const float series = 2.0f * t * (1.0f + t2 * (1.0f / 3 + t2 * (1.0f / 5 + t2 * (1.0f / 7 + t2 * (1.0f / 9)))));
    return exponent * 0.693147181f + series;
}

/// Two independent standard normals from two words (Box and Muller). sin and cos of an angle in [-pi, pi) come from
/// their Taylor series at half the angle, which keeps the argument below pi/2.
inline void boxMuller(std::uint32_t first, std::uint32_t second, float& one, float& two) {
    const float u = (static_cast<float>(static_cast<std::int32_t>(first >> 8)) + 1.0f) * 0x1.0p-24f;
    const float radius = std::sqrt(-2.0f * logOf(u));
    const float half = static_cast<float>(static_cast<std::int32_t>(second) >> 8) * (1.57079633f * 0x1.0p-23f);
    const float h2 = half * half;
    const float s = half * (1.0f + h2 * (-1.0f / 6 + h2 * (1.0f / 120 + h2 * (-1.0f / 5040 + h2 * (1.0f / 362880)))));
    const float c =
        1.0f + h2 * (-0.5f + h2 * (1.0f / 24 + h2 * (-1.0f / 720 + h2 * (1.0f / 40320 - h2 * (1.0f / 3628800)))));
    one = radius * (c * c - s * s);
    two = radius * (2.0f * s * c);
}

}  // namespace

void addGaussianNoise(std::span<float> values, float sigma, std::uint64_t seed) {
    std::array<Words, 4> words;
    std::array<Floats, 4> normals;
    for (std::size_t begin = 0, block = 0; begin < values.size(); begin += 4 * kColumns, ++block) {
        philoxColumns(static_cast<std::uint32_t>(block * kColumns), seed, words);
        for (std::size_t i = 0; i < kColumns; ++i) boxMuller(words[0][i], words[1][i], normals[0][i], normals[1][i]);
        for (std::size_t i = 0; i < kColumns; ++i) boxMuller(words[2][i], words[3][i], normals[2][i], normals[3][i]);
        for (std::size_t row = 0; row < 4; ++row) {
            const std::size_t from = begin + row * kColumns;
            if (from >= values.size()) break;
            const std::size_t count = std::min(kColumns, values.size() - from);
            float* target = values.data() + from;
            for (std::size_t i = 0; i < count; ++i) target[i] += sigma * normals[row][i];
        }
    }
}

}  // namespace mergarium
