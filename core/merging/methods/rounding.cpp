#include "core/merging/methods/rounding.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace mergarium {
namespace {

[[gnu::always_inline]] inline void widenAll(const std::byte* from, float* to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        std::uint16_t code;
        std::memcpy(&code, from + 2 * i, sizeof code);
        to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(code) << 16);
    }
}

/// The upper half is the BF16 number.
[[gnu::always_inline]] inline std::uint32_t roundedBits(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t near = bits + 0x7fff + ((bits >> 16) & 1);
    return (bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x400000u : near;
}

[[gnu::always_inline]] inline void narrowAll(const float* from, std::byte* to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto code = static_cast<std::uint16_t>(roundedBits(from[i]) >> 16);
        std::memcpy(to + 2 * i, &code, sizeof code);
    }
}

[[gnu::always_inline]] inline void roundAll(float* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) values[i] = std::bit_cast<float>(roundedBits(values[i]) & 0xffff0000u);
}

struct RoundingKernels {
    void (*widen)(const std::byte*, float*, std::size_t);
    void (*narrow)(const float*, std::byte*, std::size_t);
    void (*round)(float*, std::size_t);
};

void plainWiden(const std::byte* from, float* to, std::size_t count) { widenAll(from, to, count); }
void plainNarrow(const float* from, std::byte* to, std::size_t count) { narrowAll(from, to, count); }
void plainRound(float* values, std::size_t count) { roundAll(values, count); }

#if defined(__x86_64__)
[[gnu::target("avx2")]] void wideWiden(const std::byte* from, float* to, std::size_t count) {
    widenAll(from, to, count);
}
[[gnu::target("avx2")]] void wideNarrow(const float* from, std::byte* to, std::size_t count) {
    narrowAll(from, to, count);
}
[[gnu::target("avx2")]] void wideRound(float* values, std::size_t count) { roundAll(values, count); }
const RoundingKernels kRounding = __builtin_cpu_supports("avx2") ? RoundingKernels{wideWiden, wideNarrow, wideRound}
                                                                 : RoundingKernels{plainWiden, plainNarrow, plainRound};
#else
const RoundingKernels kRounding{plainWiden, plainNarrow, plainRound};
#endif

}  // namespace

void widen(DType dtype, const std::byte* from, std::span<float> to) {
    if (dtype != DType::BF16) return toFloats(dtype, from, to);
    kRounding.widen(from, to.data(), to.size());
}

void narrow(DType dtype, std::span<const float> from, std::byte* to) {
    if (dtype != DType::BF16) return fromFloats(dtype, from, to);
    kRounding.narrow(from.data(), to, from.size());
}

void roundTo(DType dtype, std::span<float> values) {
    if (dtype == DType::F32 || dtype == DType::F64) return;
    if (dtype == DType::BF16) return kRounding.round(values.data(), values.size());
    std::array<std::byte, 4096> codes;
    const auto most = codes.size() / sizeOf(dtype);
    while (!values.empty()) {
        const auto some = values.first(std::min(most, values.size()));
        fromFloats(dtype, some, codes.data());
        toFloats(dtype, codes.data(), some);
        values = values.subspan(some.size());
    }
}

float rounded(DType dtype, double value) {
    auto number = static_cast<float>(value);
    roundTo(dtype, {&number, 1});
    return number;
}

}  // namespace mergarium
