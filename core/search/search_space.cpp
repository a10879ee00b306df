#include "core/search/search_space.h"

#include "core/checkpoint/layers.h"
#include "core/genome/recipe_genome.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {

std::vector<std::uint64_t> boundariesOf(Snap snap, const Layout& layout) {
    if (snap == Snap::None) return {};
    auto ends = snap == Snap::Tensor ? tensorEndsOf(layout) : layerGroupEnds(layout, 1);
    if (ends.size() < 2)
        throw std::runtime_error(
            fmt::format("strategy.snap: the network has no two {}s to split between; use none.", nameOf(snap)));
    // The end of the vector is no place to split it.
    ends.pop_back();
    return ends;
}

ChromosomesPtr chromosomesOf(const SpliceRule& rule, const Layout& layout) {
    auto chromosomes = chromosomesOf(rule.chromosomes, layout);
    if (!chromosomes || rule.snap == Snap::None) return chromosomes;
    const auto boundaries = boundariesOf(rule.snap, layout);
    for (std::size_t index = 0; index < chromosomes->size(); ++index)
        if (boundariesWithin(*chromosomes, index, boundaries).empty())
            throw std::runtime_error(
                fmt::format("strategy.snap: the chromosome {} has no two {}s to split between; use none.",
                            chromosomes->names()[index], nameOf(rule.snap)));
    return chromosomes;
}

std::vector<std::uint64_t> layerGroupEnds(const Layout& layout, std::size_t layers) {
    const auto all = layersOf(layout);
    std::vector<std::uint64_t> ends;
    for (std::size_t index = 0; index < all.size(); ++index)
        if ((index + 1) % layers == 0 || index + 1 == all.size()) ends.push_back(all[index].end);
    return ends;
}

}  // namespace mergarium
