#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mergarium {

/// Standard normal numbers by seed, pass and position alone: the same for every model, prompt and device. Pass 0 is
/// what a picture is made from; pass i what a scheduler draws anew at its pass i, from 1.
std::vector<float> pictureNoise(std::uint64_t seed, std::size_t pass, std::size_t count);

}  // namespace mergarium
