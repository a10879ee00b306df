#pragma once

#include "core/checkpoint/layout.h"
#include "core/genes/exchange.h"
#include "core/genes/units.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// Two networks of one layout, whose numbers are told by tensor.
struct MatchedNetworks {
    using Numbers = std::function<std::vector<float>(const Layout::Tensor& tensor)>;
    Numbers first, other;
    /// Called with groups done and groups in all; may be empty, and may throw to end it.
    std::function<void(std::size_t done, std::size_t total)> progress = {};
};

/// How the units of the other network change places so that its weights are most like the first's: the sum of inner
/// products over all slices is largest for every group by itself, the others as they are, which is repeated until
/// nothing changes (weight matching of Ainsworth, Hayase, Srinivasa: "Git Re-Basin", arXiv 2209.04836, algorithm 1, in
/// the groups' order). Units that are no more like others stay. One order for each group, UnitOrder::unchanged where it
/// is not interchangeable. Depends on the numbers alone, not on threads or the machine. What tells networks apart
/// beyond the groups, such as the order of the numbers in a state that all layers add to, stays as it is.
std::vector<UnitOrder> matchUnits(const Layout& layout, std::span<const UnitGroup> groups,
                                  const MatchedNetworks& networks);

/// Parameters of a small network with its units where those of `first` are that they are most like.
std::vector<float> matchedTo(std::span<const float> first, std::vector<float> other, const Layout& layout,
                             std::span<const UnitGroup> groups);

}  // namespace mergarium
