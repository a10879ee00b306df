#pragma once

#include "core/genome/genome.h"
#include "core/networks/mlp.h"
#include "core/tasks/digits.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace mergarium {

/// Where a digits run starts (paper, section 4.1).
enum class DigitsFounders {
    /// The published pair, shipped with Mergarium: results depend on the pair, so the presets use it.
    ReferenceSpecialists,
    /// A new pair for every seed: one trained on 0-4 and one on 5-9, ten full-batch Adam steps each, learning rate 0.003.
    Specialists,
    /// Two untrained networks, weights N(0, 0.01^2).
    Random,
};

/// The founders' genomes, in order. `reference` is the shipped safetensors file.
std::vector<GenomePtr> digitsFounders(DigitsFounders kind, const Digits& digits, Mlp::Shape shape, std::uint64_t seed,
                                      const std::filesystem::path& reference);

}  // namespace mergarium
