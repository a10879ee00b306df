#pragma once

#include "core/diffusion/pipeline_config.h"
#include "core/networks/diffusion/vae_weights.h"

#include <torch/types.h>

#include <string>

namespace mergarium {

/// What latents stand for a picture, as a normal distribution: [n, latentChannels, height / factor, width / factor].
struct LatentDistribution {
    torch::Tensor mean;
    /// Of the variance, within -30 and 20.
    torch::Tensor logarithm;
};

/// What makes latents of pictures and pictures of latents, as diffusers' AutoencoderKL does. Its tensors are views into
/// a flat buffer, so writing the buffer is loading the model. It computes in fp32 whatever the buffer's type: published
/// ones overflow in fp16. Any number of threads at a time.
class Vae {
public:
    /// `flat` holds the tensors of `layout`, merged and frozen, as diffusers names them behind `prefix`, today's names
    /// or those of 2022, in any order. Throws std::runtime_error naming the tensor that is missing, has another shape,
    /// or is unknown to the network, and for configurations that don't fit together.
    Vae(VaeConfig config, const torch::Tensor& flat, const Layout& layout, const std::string& prefix = "vae.");

    /// Takes its tensors, without a prefix, from the visitor. Throws for such configurations, and what the visitor
    /// throws.
    Vae(VaeConfig config, TensorVisitor& tensors);

    const VaeConfig& config() const { return config_; }

    /// Pictures [n, channels, height, width] in -1 to 1, whose sides are multiples of VaeConfig::factor. Latents are
    /// not yet scaled: a U-Net reads (latents - shift) * scaling.
    LatentDistribution encode(const torch::Tensor& pictures, const Observer& observer = {}) const;

    /// Latents behind latents / scaling + shift, [n, latentChannels, height, width], as pictures in -1 to 1 or a little
    /// beyond, in fp32. Above kWholeSide pixels a side they are decoded in tiles.
    torch::Tensor decode(const torch::Tensor& latents, const Observer& observer = {}) const;

    /// Tiles of `side` latents a side, of which a quarter overlaps the next and is blended with it: memory is that of a
    /// tile. For latents of one tile, `decode` without tiles.
    torch::Tensor decodeTiled(const torch::Tensor& latents, std::int64_t side) const;

    /// Pixels of a side.
    static constexpr std::int64_t kWholeSide = 1024;

private:
    /// In fp32.
    VaeWeights weights() const;

    VaeConfig config_;
    VaeWeights weights_;
};

/// Throws std::runtime_error naming the first thing that no such network can be, and `source`.
void checkConfig(const VaeConfig& config, std::string_view source);

/// Throws std::runtime_error naming `source` and the tensor that is missing, has another shape, holds integers, or is
/// unknown to the network.
void checkTensors(const VaeConfig& config, const Layout& layout, const std::string& prefix, std::string_view source);

}  // namespace mergarium
