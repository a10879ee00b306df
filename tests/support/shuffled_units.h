#pragma once

#include "core/genes/exchange.h"
#include "core/random/random_stream.h"

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace mergarium::test {

inline std::vector<std::uint32_t> shuffled(std::uint32_t count, RandomStream& random) {
    std::vector<std::uint32_t> from(count);
    std::iota(from.begin(), from.end(), 0U);
    for (std::uint32_t last = count; last > 1; --last) std::swap(from[last - 1], from[random.below(last)]);
    return from;
}

/// Any order of a group's units, and of each unit's parts.
inline UnitOrder shuffled(const UnitGroup& group, RandomStream& random) {
    UnitOrder order{.from = shuffled(group.count, random), .parts = {}};
    for (std::uint32_t unit = 0; unit < group.count && group.parts > 1; ++unit)
        for (const auto part : shuffled(group.parts, random)) order.parts.push_back(part);
    return order;
}

}  // namespace mergarium::test
