#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>

namespace mergarium {

struct VaeTiles {
    /// Latents of a tile's side.
    std::int64_t side = 64;
    /// Pixels of a latent's side.
    std::int64_t factor = 8;
};

/// Decodes latents tile by tile with `decode`; a tile's first quarter goes over from the tile before it, linearly, as
/// diffusers' AutoencoderKL.tiled_decode has it.
torch::Tensor decodedInTiles(const torch::Tensor& latents, const VaeTiles& tiles,
                             const std::function<torch::Tensor(const torch::Tensor&)>& decode);

}  // namespace mergarium
