#pragma once

#include "core/networks/mlp.h"
#include "core/tasks/digits/digits.h"
#include "core/tasks/digits/digits_settings.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace mergarium {

/// The founders' parameters, in order. `reference` is the shipped safetensors file.
std::vector<std::vector<float>> digitsFounders(DigitsFounders kind, const Digits& digits, Mlp::Shape shape,
                                               std::uint64_t seed, const std::filesystem::path& reference);

}  // namespace mergarium
