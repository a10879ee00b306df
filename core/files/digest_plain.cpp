#include "core/files/digest_kernel.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace mergarium {

void digestPlain(const void* bytes, size_t size, void* out) {
    XXH128_canonicalFromHash(static_cast<XXH128_canonical_t*>(out), XXH3_128bits(bytes, size));
}

}  // namespace mergarium
