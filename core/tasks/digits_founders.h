#pragma once

#include "core/genome/genome.h"
#include "core/networks/mlp.h"
#include "core/tasks/digits.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace mergarium {

/// The founders' genomes, in order. `reference` is the shipped safetensors file.
std::vector<GenomePtr> digitsFounders(DigitsFounders kind, const Digits& digits, Mlp::Shape shape, std::uint64_t seed,
                                      const std::filesystem::path& reference);

}  // namespace mergarium
