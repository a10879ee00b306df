#pragma once

#include "core/networks/diffusion/scheduler.h"
#include "core/networks/diffusion/unet.h"

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace mergarium {

/// What one picture is denoised with.
struct DenoisingPiece {
    /// [1, channels, height, width] in fp32, standard normal.
    torch::Tensor noise;
    /// [n, tokens, width]: n = 1 is the prompt alone, of 2 the negative prompt comes first; of several pictures the
    /// same.
    torch::Tensor context;
    /// Of SDXL: [n, projection] and [n, 6]; else undefined.
    torch::Tensor pooled, sizes;
    /// Without a negative prompt of no use.
    double guidance = 1.0;
    /// Of noise that a scheduler draws anew.
    std::uint64_t seed = 0;
};

/// Told of what is computed: "unet_in.0", "latents.0", "sigmas", "block.mid" of the first pass.
using PassObserver = std::function<void(const std::string& name, const torch::Tensor& value)>;

/// Takes noise to latents with classifier-free guidance (Ho, Salimans, "Classifier-Free Diffusion Guidance", 2022):
/// [pieces, channels, height, width] in fp32. `passed` is called behind every pass, and may throw.
torch::Tensor denoised(const UNet& unet, Scheduler scheduler, std::span<const DenoisingPiece> pieces,
                       const std::function<void()>& passed, const PassObserver& observer = nullptr);

}  // namespace mergarium
