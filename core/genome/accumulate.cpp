#include "core/genome/accumulate.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace mergarium {
namespace {

// This file is compiled without contraction of products and sums, so that wider instructions change no bit.

using Kernel = void (*)(const std::byte*, float, float*, std::size_t);

[[gnu::always_inline]] inline float bf16At(const std::byte* from, std::size_t i) {
    std::uint16_t code;
    std::memcpy(&code, from + 2 * i, sizeof code);
    return std::bit_cast<float>(static_cast<std::uint32_t>(code) << 16);
}

[[gnu::always_inline]] inline float floatAt(const std::byte* from, std::size_t i) {
    float value;
    std::memcpy(&value, from + 4 * i, sizeof value);
    return value;
}

using Reader = float (*)(const std::byte*, std::size_t);

template <Reader Read, bool Add>
[[gnu::always_inline]] inline void run(const std::byte* from, float coefficient, float* sums, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const float product = coefficient * Read(from, i);
        sums[i] = Add ? sums[i] + product : product;
    }
}

template <Reader Read, bool Add>
void plain(const std::byte* from, float coefficient, float* sums, std::size_t count) {
    run<Read, Add>(from, coefficient, sums, count);
}

#if defined(__x86_64__)
template <Reader Read, bool Add>
[[gnu::target("avx2")]] void wide(const std::byte* from, float coefficient, float* sums, std::size_t count) {
    run<Read, Add>(from, coefficient, sums, count);
}
template <Reader Read, bool Add>
const Kernel kKernel = __builtin_cpu_supports("avx2") ? wide<Read, Add> : plain<Read, Add>;
#else
template <Reader Read, bool Add>
const Kernel kKernel = plain<Read, Add>;
#endif

using EachKernel = void (*)(const std::byte*, const float*, float*, std::size_t);

template <Reader Read>
[[gnu::always_inline]] inline void runEach(const std::byte* from, const float* coefficients, float* sums,
                                           std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const float sum = sums[i] + coefficients[i] * Read(from, i);
        sums[i] = coefficients[i] != 0.0f ? sum : sums[i];
    }
}

template <Reader Read>
void plainEach(const std::byte* from, const float* coefficients, float* sums, std::size_t count) {
    runEach<Read>(from, coefficients, sums, count);
}

#if defined(__x86_64__)
template <Reader Read>
[[gnu::target("avx2")]] void wideEach(const std::byte* from, const float* coefficients, float* sums,
                                      std::size_t count) {
    runEach<Read>(from, coefficients, sums, count);
}
template <Reader Read>
const EachKernel kEachKernel = __builtin_cpu_supports("avx2") ? wideEach<Read> : plainEach<Read>;
#else
template <Reader Read>
const EachKernel kEachKernel = plainEach<Read>;
#endif

/// Any other type is converted first, piece by piece.
template <bool Add>
void converted(DType dtype, const std::byte* from, float coefficient, std::span<float> sums) {
    std::array<float, 1024> values;
    for (std::size_t done = 0; done < sums.size(); done += values.size()) {
        const auto count = std::min(values.size(), sums.size() - done);
        toFloats(dtype, from + done * sizeOf(dtype), std::span(values).first(count));
        kKernel<floatAt, Add>(reinterpret_cast<const std::byte*>(values.data()), coefficient, sums.data() + done,
                              count);
    }
}

template <bool Add>
void accumulate(DType dtype, const std::byte* from, float coefficient, std::span<float> sums) {
    switch (dtype) {
        case DType::BF16: return kKernel<bf16At, Add>(from, coefficient, sums.data(), sums.size());
        case DType::F32: return kKernel<floatAt, Add>(from, coefficient, sums.data(), sums.size());
        default: return converted<Add>(dtype, from, coefficient, sums);
    }
}

}  // namespace

void addScaled(DType dtype, const std::byte* from, std::span<const float> coefficients, std::span<float> sums) {
    if (dtype == DType::BF16) return kEachKernel<bf16At>(from, coefficients.data(), sums.data(), sums.size());
    if (dtype == DType::F32) return kEachKernel<floatAt>(from, coefficients.data(), sums.data(), sums.size());
    std::array<float, 1024> values;
    for (std::size_t done = 0; done < sums.size(); done += values.size()) {
        const auto count = std::min(values.size(), sums.size() - done);
        toFloats(dtype, from + done * sizeOf(dtype), std::span(values).first(count));
        kEachKernel<floatAt>(reinterpret_cast<const std::byte*>(values.data()), coefficients.data() + done,
                             sums.data() + done, count);
    }
}

void scaleInto(DType dtype, const std::byte* from, float coefficient, std::span<float> sums) {
    accumulate<false>(dtype, from, coefficient, sums);
}

void addScaled(DType dtype, const std::byte* from, float coefficient, std::span<float> sums) {
    accumulate<true>(dtype, from, coefficient, sums);
}

}  // namespace mergarium
