#pragma once

#include "core/checkpoint/layout.h"
#include "core/genes/units.h"

#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// For every index of a slice's dimension, the index whose elements come there when unit `from[u]` takes unit u's
/// place, for all u. Throws std::invalid_argument where these two have not as many indexes.
std::vector<std::uint32_t> sourcesOf(const UnitSlice& slice, std::span<const std::uint32_t> from);

/// Makes units of a group change places in a parameter vector, followers included: `from`, a permutation, as above.
void exchange(const Layout& layout, const UnitGroup& group, std::span<const std::uint32_t> from,
              std::span<float> parameters);

}  // namespace mergarium
