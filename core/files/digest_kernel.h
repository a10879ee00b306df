#pragma once

#include <stddef.h>

// The hash compiled for two instruction sets. Debian's library knows only the oldest, and is less than half as fast.
// Files compiled for newer processors than others must share no inline function with them, so nothing of the standard
// library is included here.

namespace mergarium {

void digestPlain(const void* bytes, size_t size, void* out);
void digestAvx2(const void* bytes, size_t size, void* out);

}  // namespace mergarium
