#pragma once

#include "core/checkpoint/layout.h"
#include "core/genes/units.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mergarium {

/// How the units of a group change places.
struct UnitOrder {
    /// A permutation: unit from[u] takes unit u's place.
    std::vector<std::uint32_t> from;
    /// For every unit u its parts, UnitGroup::parts of them: which of unit from[u]'s takes the place. Empty: they keep
    /// their order.
    std::vector<std::uint32_t> parts = {};

    /// All stay.
    static UnitOrder unchanged(const UnitGroup& group);
    bool operator==(const UnitOrder&) const = default;
};

/// Orders of groups as numbers one after the other, to be kept; absent where the numbers are no orders of these groups.
std::vector<std::uint32_t> packed(std::span<const UnitGroup> groups, std::span<const UnitOrder> orders);
std::optional<std::vector<UnitOrder>> unpacked(std::span<const UnitGroup> groups,
                                               std::span<const std::uint32_t> numbers);

/// For every index of a slice's dimension, the index whose elements come there. Throws std::invalid_argument where two
/// units that are to change places have not as many indexes.
std::vector<std::uint32_t> sourcesOf(const UnitSlice& slice, const UnitOrder& order, std::uint32_t parts);

/// Where the elements of a slice lie: an array [outer, extent, inner] of elements of `size` bytes.
struct SliceShape {
    std::uint64_t outer = 1, extent = 1, inner = 1;
    static SliceShape of(const std::vector<std::int64_t>& shape, std::size_t dimension);
};

/// Index i of the extent of `to` becomes index sources[i] of `from`, another place in memory.
void gather(const SliceShape& shape, std::uint64_t size, std::span<const std::uint32_t> sources, const std::byte* from,
            std::byte* to);

/// Makes units of a group change places in a parameter vector, followers included.
void exchange(const Layout& layout, const UnitGroup& group, const UnitOrder& order, std::span<float> parameters);

}  // namespace mergarium
