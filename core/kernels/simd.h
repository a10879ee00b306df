#pragma once

#include <cstddef>
#include <cstdint>

// Sixteen numbers side by side, and running a piece of work with the best instructions that the processor has.
// Functions on vectors are inlined into the work that is compiled once per kind of processor, so no vector ever crosses
// a call.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace mergarium {

constexpr std::size_t kVectorWidth = 16;

// What one register holds. Vectors that are wider than the processor's lie in memory, at a tenth of the speed and less:
// fine between loops, not for sums within them. In structs, since a template's argument loses its alignment.
struct Of4 {
    typedef float Vector __attribute__((vector_size(4 * sizeof(float)), aligned(4), may_alias));
};
struct Of8 {
    typedef float Vector __attribute__((vector_size(8 * sizeof(float)), aligned(4), may_alias));
};
struct Of16 {
    typedef float Vector __attribute__((vector_size(16 * sizeof(float)), aligned(4), may_alias));
};

template <class Register>
constexpr std::size_t kLanes = sizeof(typename Register::Vector) / sizeof(float);

/// One AVX-512 register, or several smaller ones.
typedef float Vector16 __attribute__((vector_size(kVectorWidth * sizeof(float)), aligned(4), may_alias));
typedef std::int32_t IntVector16
    __attribute__((vector_size(kVectorWidth * sizeof(std::int32_t)), aligned(4), may_alias));

[[gnu::always_inline]] inline Vector16 load(const float* from) { return *reinterpret_cast<const Vector16*>(from); }
[[gnu::always_inline]] inline void store(float* to, Vector16 values) { *reinterpret_cast<Vector16*>(to) = values; }
[[gnu::always_inline]] inline Vector16 all(float value) { return Vector16{} + value; }
[[gnu::always_inline]] inline Vector16 largest(Vector16 a, Vector16 b) { return a > b ? a : b; }

/// e^x to a few units in the last place; 0 below -87, x is taken as 88 above 88.
[[gnu::always_inline]] inline Vector16 exponential(Vector16 x) {
    const Vector16 bounded = x < -87.0F ? all(-87.0F) : (x > 88.0F ? all(88.0F) : x);
    // x = n log 2 + r with |r| <= log(2) / 2; adding and taking away 1.5 * 2^23 rounds to a whole number.
    const Vector16 shifted = bounded * 1.44269504F + 12582912.0F;
    const Vector16 n = shifted - 12582912.0F;
    const Vector16 r = (bounded - n * 0.693359375F) + n * 2.12194440e-4F;
    Vector16 sum = all(1.9875691500e-4F);
    sum = sum * r + 1.3981999507e-3F;
    sum = sum * r + 8.3334519073e-3F;
    sum = sum * r + 4.1665795894e-2F;
    sum = sum * r + 1.6666665459e-1F;
    sum = sum * r + 5.0000001201e-1F;
    sum = sum * r * r + r + 1.0F;
    const IntVector16 power = (__builtin_convertvector(n, IntVector16) + 127) << 23;
    return x < -87.0F ? Vector16{} : sum * reinterpret_cast<const Vector16&>(power);
}

// Numbers of bf16.
[[gnu::always_inline]] inline Vector16 widened(const std::uint16_t* halves) {
    typedef std::uint16_t Half16
        __attribute__((vector_size(kVectorWidth * sizeof(std::uint16_t)), aligned(2), may_alias));
    const IntVector16 bits = __builtin_convertvector(*reinterpret_cast<const Half16*>(halves), IntVector16) << 16;
    return reinterpret_cast<const Vector16&>(bits);
}

[[gnu::always_inline]] inline float widened(std::uint16_t half) {
    return __builtin_bit_cast(float, static_cast<std::uint32_t>(half) << 16);
}

/// Tiles of sums that fit a processor's registers: `vectors` x `rows` of a product whose tokens fill that many vectors,
/// and `queries` x `keyVectors` of an attention.
struct Avx512Tiles {
    using Register = Of16;
    static constexpr std::size_t vectors = 3, queries = 8, keyVectors = 2;
    static constexpr std::size_t rowsOf(std::size_t of) { return of == 1 ? 16 : 8; }
};
struct Avx2Tiles {
    using Register = Of8;
    static constexpr std::size_t vectors = 1, queries = 4, keyVectors = 1;
    static constexpr std::size_t rowsOf(std::size_t) { return 6; }
};
struct PortableTiles {
    using Register = Of4;
    static constexpr std::size_t vectors = 1, queries = 2, keyVectors = 1;
    static constexpr std::size_t rowsOf(std::size_t) { return 3; }
};

/// Calls work.run<Tiles>() compiled for this processor. `run`, and all that it calls on vectors, must be always_inline.
template <class Work>
void runVectorised(const Work& work);

#if defined(__x86_64__)
template <class Work>
[[gnu::target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,prefer-vector-width=512")]] void runAvx512(
    const Work& work) {
    work.template run<Avx512Tiles>();
}
template <class Work>
[[gnu::target("avx2,fma")]] void runAvx2(const Work& work) {
    work.template run<Avx2Tiles>();
}
#endif

enum class Instructions : std::uint8_t { Portable, Avx2, Avx512 };
Instructions bestInstructions();

template <class Work>
void runVectorised(const Work& work) {
#if defined(__x86_64__)
    switch (bestInstructions()) {
        case Instructions::Avx512: return runAvx512(work);
        case Instructions::Avx2: return runAvx2(work);
        case Instructions::Portable: break;
    }
#endif
    work.template run<PortableTiles>();
}

}  // namespace mergarium
