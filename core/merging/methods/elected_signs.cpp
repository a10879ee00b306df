#include "core/merging/methods/elected_signs.h"

#include <cstddef>

namespace mergarium {
namespace {

using ElectedKernel = void (*)(const float*, float, const float*, float*, float*, std::size_t);

[[gnu::always_inline]] inline void elect(const float* __restrict values, float weight, const float* __restrict signs,
                                         float* __restrict sums, float* __restrict weights, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const float turned = signs[i] >= 0.0f ? values[i] : -values[i];
        sums[i] += turned > 0.0f ? values[i] : 0.0f;
        weights[i] += turned > 0.0f ? weight : 0.0f;
    }
}

void electPlain(const float* values, float weight, const float* signs, float* sums, float* weights, std::size_t count) {
    elect(values, weight, signs, sums, weights, count);
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] void electWide(const float* values, float weight, const float* signs, float* sums,
                                       float* weights, std::size_t count) {
    elect(values, weight, signs, sums, weights, count);
}
const ElectedKernel kElected = __builtin_cpu_supports("avx2") ? electWide : electPlain;
#else
const ElectedKernel kElected = electPlain;
#endif

}  // namespace

void addAgreeing(const Vote& vote, std::span<const float> signs, std::span<float> sums, std::span<float> weights) {
    kElected(vote.values.data(), vote.weight, signs.data(), sums.data(), weights.data(), sums.size());
}

}  // namespace mergarium
