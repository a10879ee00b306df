#include "core/kernels/simd.h"

namespace mergarium {
namespace {

Instructions detect() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw"))
        return Instructions::Avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Instructions::Avx2;
#endif
    return Instructions::Portable;
}

}  // namespace

Instructions bestInstructions() {
    static const Instructions best = detect();
    return best;
}

}  // namespace mergarium
