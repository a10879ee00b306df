#include "core/files/digest.h"

#include "core/files/digest_kernel.h"

namespace mergarium {

Digest digestOf(std::span<const std::byte> bytes) {
#if defined(__x86_64__)
    static const auto kernel = __builtin_cpu_supports("avx2") ? digestAvx2 : digestPlain;
#else
    static const auto kernel = digestPlain;
#endif
    Digest digest;
    kernel(bytes.data(), bytes.size(), digest.data());
    return digest;
}

}  // namespace mergarium
