#pragma once

#include "core/database/encoding.h"
#include "core/genome/splice.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// One after the other: number of split points, these, ratio; little-endian, 64 bits each.
Blob packCuts(std::span<const ChromosomeCut> cuts);
/// Of `chromosomes` in a vector of `length`. Throws std::runtime_error when the blob holds no such cuts.
std::vector<ChromosomeCut> unpackCuts(std::span<const std::byte> blob, std::size_t chromosomes, std::uint64_t length);

/// Seed, chance, kind of ratio, its shape; little-endian, 64 bits each.
Blob packInheritance(const Inheritance& each);
/// Throws std::runtime_error when the blob holds none.
Inheritance unpackInheritance(std::span<const std::byte> blob);

}  // namespace mergarium
