#pragma once

#include "core/genes/genes.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// Neighbours of a part's middle dimension whose genes are `first`, `first + step`, `first + 2 * step`, and so on.
struct GeneRun {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    /// 0 or 1.
    std::uint32_t step = 0;
    bool operator==(const GeneRun&) const = default;
};

/// As few as there can be when they are taken from left to right.
std::vector<GeneRun> runsOf(std::span<const std::uint32_t> genes);
/// Of `extent` indexes. Throws std::invalid_argument where the runs make up another number of them.
std::vector<std::uint32_t> genesOf(std::span<const GeneRun> runs, std::uint64_t extent);

/// Kilobytes for a model of any size. Throws std::runtime_error when the bytes aren't genes of a vector of `length`.
std::vector<std::byte> packGenes(const Genes& genes);
GenesPtr unpackGenes(std::span<const std::byte> bytes, std::uint64_t length);

}  // namespace mergarium
