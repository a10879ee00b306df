#include "core/checkpoint/dtype.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

// Every path gives the same bits. Below is plain integer work, and sums of floats that are never subnormal, so that
// neither the compiler's choice of instructions nor a flush-to-zero mode can change a result.

namespace mergarium {
namespace {

/// A binary floating-point format narrower than fp32. Without `infinity` the largest exponent holds numbers too, and
/// only all ones is NaN.
struct Format {
    int exponentBits, mantissaBits;
    bool infinity;
    constexpr int bias() const { return (1 << (exponentBits - 1)) - 1; }
    constexpr std::uint32_t sign() const { return 1u << (exponentBits + mantissaBits); }
    /// The code of infinity; without one, of NaN.
    constexpr std::uint32_t top() const {
        return infinity ? ((1u << exponentBits) - 1) << mantissaBits : (1u << (exponentBits + mantissaBits)) - 1;
    }
};

constexpr Format kHalf{5, 10, true};
constexpr Format kE4M3{4, 3, false};
constexpr Format kE5M2{5, 2, true};

template <Format F>
[[gnu::always_inline]] constexpr float widened(std::uint32_t code) {
    constexpr int kShift = 23 - F.mantissaBits;
    constexpr auto kLeastNormal = static_cast<std::uint32_t>(128 - F.bias()) << 23;
    const std::uint32_t sign = (code & F.sign()) << (31 - F.exponentBits - F.mantissaBits);
    const std::uint32_t magnitude = code & (F.sign() - 1);
    const std::uint32_t moved = magnitude << kShift;
    const std::uint32_t normal = moved + (static_cast<std::uint32_t>(127 - F.bias()) << 23);
    // A subnormal is its mantissa laid under the least normal number's exponent, less that number.
    const auto subnormal =
        std::bit_cast<std::uint32_t>(std::bit_cast<float>(kLeastNormal + moved) - std::bit_cast<float>(kLeastNormal));
    const std::uint32_t special =
        0x7f800000u | (F.infinity ? moved : 0u) | (magnitude > F.top() || !F.infinity ? 0x400000u : 0u);
    const std::uint32_t bits = magnitude >= F.top() ? special : magnitude < (1u << F.mantissaBits) ? subnormal : normal;
    return std::bit_cast<float>(sign | bits);
}

template <Format F>
[[gnu::always_inline]] constexpr std::uint32_t narrowed(float value) {
    constexpr int kShift = 23 - F.mantissaBits;
    constexpr auto kLeastNormal = static_cast<std::uint32_t>(128 - F.bias()) << 23;
    // The float whose last place is worth the format's least subnormal: adding it makes the processor round there.
    constexpr auto kMagic = static_cast<std::uint32_t>(151 - F.bias() - F.mantissaBits) << 23;
    // From here on everything becomes the top code; values below that round up to it come out right by themselves.
    constexpr std::uint32_t kBeyond = (F.top() << kShift) + (static_cast<std::uint32_t>(127 - F.bias()) << 23);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    const std::uint32_t sign = (bits ^ magnitude) >> (31 - F.exponentBits - F.mantissaBits);
    const std::uint32_t subnormal =
        std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + std::bit_cast<float>(kMagic)) - kMagic;
    const std::uint32_t rounding = (1u << (kShift - 1)) - 1 + ((magnitude >> kShift) & 1);
    const std::uint32_t normal = (magnitude - (static_cast<std::uint32_t>(127 - F.bias()) << 23) + rounding) >> kShift;
    const std::uint32_t nan =
        F.infinity ? F.top() | (1u << (F.mantissaBits - 1)) | ((magnitude & 0x7fffffu) >> kShift) : F.top();
    const std::uint32_t code = magnitude > 0x7f800000u    ? nan
                               : magnitude >= kBeyond     ? F.top()
                               : magnitude < kLeastNormal ? subnormal
                                                          : normal;
    return sign | code;
}

template <Format F>
constexpr std::array<float, 256> allOf() {
    std::array<float, 256> values{};
    for (std::uint32_t code = 0; code < 256; ++code) values[code] = widened<F>(code);
    return values;
}
constexpr auto kE4M3Values = allOf<kE4M3>();
constexpr auto kE5M2Values = allOf<kE5M2>();

[[gnu::always_inline]] inline std::uint32_t bf16Of(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    return (bits & 0x7fffffffu) > 0x7f800000u ? (bits >> 16) | 0x40 : rounded;
}

// Loops over codes that may lie at odd addresses: memcpy of each, which the compiler turns into plain (vector) loads
// and stores.

template <typename Code, typename Value, typename Convert>
[[gnu::always_inline]] inline void decode(const std::byte* from, std::size_t count, Value* to, Convert convert) {
    for (std::size_t i = 0; i < count; ++i) {
        Code code;
        std::memcpy(&code, from + i * sizeof code, sizeof code);
        to[i] = convert(code);
    }
}

template <typename Code, typename Convert>
[[gnu::always_inline]] inline void encode(const float* from, std::size_t count, std::byte* to, Convert convert) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto code = static_cast<Code>(convert(from[i]));
        std::memcpy(to + i * sizeof code, &code, sizeof code);
    }
}

void halfToFloats(const std::byte* from, std::size_t count, float* to) {
    decode<std::uint16_t>(from, count, to, [](std::uint16_t code) { return widened<kHalf>(code); });
}
void floatsToHalf(const float* from, std::size_t count, std::byte* to) {
    encode<std::uint16_t>(from, count, to, narrowed<kHalf>);
}
void floatsToBf16(const float* from, std::size_t count, std::byte* to) {
    encode<std::uint16_t>(from, count, to, bf16Of);
}

#if defined(__x86_64__)
[[gnu::target("avx2,f16c")]] void halfToFloatsF16c(const std::byte* from, std::size_t count, float* to) {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i_u*>(from + 2 * i))));
    halfToFloats(from + 2 * i, count - i, to + i);
}

[[gnu::target("avx2,f16c")]] void floatsToHalfF16c(const float* from, std::size_t count, std::byte* to) {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm_storeu_si128(reinterpret_cast<__m128i_u*>(to + 2 * i),
                         _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT));
    floatsToHalf(from + i, count - i, to + 2 * i);
}

[[gnu::target("avx2")]] void floatsToBf16Avx2(const float* from, std::size_t count, std::byte* to) {
    encode<std::uint16_t>(
        from, count, to, [](float value) __attribute__((target("avx2"))) { return bf16Of(value); });
}
#endif

struct Kernels {
    void (*halfToFloats)(const std::byte*, std::size_t, float*);
    void (*floatsToHalf)(const float*, std::size_t, std::byte*);
    void (*floatsToBf16)(const float*, std::size_t, std::byte*);
};

Kernels kernelsOfThisMachine() {
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    // AVX2 implies that the system saves the wide registers; compilers differ in whether they can ask for F16C by name.
    const bool f16c = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
    if (f16c && __builtin_cpu_supports("avx2")) return {halfToFloatsF16c, floatsToHalfF16c, floatsToBf16Avx2};
#endif
    return {halfToFloats, floatsToHalf, floatsToBf16};
}

const Kernels kKernels = kernelsOfThisMachine();

[[noreturn]] void refuseType(DType dtype) {
    throw std::invalid_argument(fmt::format("{} elements are no floating numbers.", nameOf(dtype)));
}

}  // namespace

void toFloats(DType dtype, const std::byte* from, std::span<float> to) {
    switch (dtype) {
        case DType::F32:
            if (!to.empty()) std::memcpy(to.data(), from, to.size_bytes());
            return;
        case DType::F64:
            return decode<double>(from, to.size(), to.data(), [](double value) { return static_cast<float>(value); });
        case DType::F16: return kKernels.halfToFloats(from, to.size(), to.data());
        case DType::BF16:
            return decode<std::uint16_t>(from, to.size(), to.data(), [](std::uint16_t code) {
                return std::bit_cast<float>(static_cast<std::uint32_t>(code) << 16);
            });
        case DType::F8E4M3:
            return decode<std::uint8_t>(from, to.size(), to.data(),
                                        [](std::uint8_t code) { return kE4M3Values[code]; });
        case DType::F8E5M2:
            return decode<std::uint8_t>(from, to.size(), to.data(),
                                        [](std::uint8_t code) { return kE5M2Values[code]; });
        default: refuseType(dtype);
    }
}

void fromFloats(DType dtype, std::span<const float> from, std::byte* to) {
    switch (dtype) {
        case DType::F32:
            if (!from.empty()) std::memcpy(to, from.data(), from.size_bytes());
            return;
        case DType::F64:
            return encode<double>(from.data(), from.size(), to, [](float value) { return static_cast<double>(value); });
        case DType::F16: return kKernels.floatsToHalf(from.data(), from.size(), to);
        case DType::BF16: return kKernels.floatsToBf16(from.data(), from.size(), to);
        case DType::F8E4M3: return encode<std::uint8_t>(from.data(), from.size(), to, narrowed<kE4M3>);
        case DType::F8E5M2: return encode<std::uint8_t>(from.data(), from.size(), to, narrowed<kE5M2>);
        default: refuseType(dtype);
    }
}

}  // namespace mergarium
