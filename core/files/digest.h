#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace mergarium {

/// 128 bits, in the canonical (big-endian) order.
using Digest = std::array<std::byte, 16>;

/// XXH3-128 (Yann Collet), with the widest instructions that the processor has: as fast as memory is read.
Digest digestOf(std::span<const std::byte> bytes);

}  // namespace mergarium
