#pragma once

#include "core/founders/founders.h"
#include "core/genome/recipe.h"

#include <cstddef>
#include <cstdint>

namespace mergarium {

/// Founders of random numbers, for comparing ways to make models of them: each lies in segments of its own, of several
/// element types.
FoundersPtr randomFounders(std::size_t founders, std::uint64_t length, std::uint64_t seed);

/// Genes of a vector, in tensors of every shape: rows, columns, and what has several elements at every place.
GenesPtr randomGenes(std::uint64_t length, std::uint64_t seed);

/// A recipe over them of up to `spans` spans; some founders have no part in some, some spans are one founder's alone.
Recipe randomRecipe(const Founders& founders, std::size_t spans, std::uint64_t seed, GenesPtr genes = nullptr);

}  // namespace mergarium
