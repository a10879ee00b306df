#pragma once

#include "core/founders/founders.h"
#include "core/genome/recipe.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace mergarium {

/// The parameters [begin, begin + out.size()) of a recipe, in one pass over the founders that contribute to them:
/// products and sums in fp32, founder by founder, no rounding in between. On the calling thread.
void materializeRange(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::span<float> out);

/// The parameters [begin, begin + count) as elements of a floating `dtype` at `out`, which needs no alignment: the same
/// numbers, rounded once. Where one founder alone contributes, with coefficient 1, its bits are kept if it has that
/// dtype.
void materializeAs(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::uint64_t count,
                   DType dtype, std::byte* out);

/// The whole recipe (D values), with all threads; the result doesn't depend on how many there are.
void materializeAll(const Recipe& recipe, const Founders& founders, std::span<float> out);
void materializeAllAs(const Recipe& recipe, const Founders& founders, DType dtype, std::byte* out);

}  // namespace mergarium
