#pragma once

#include "core/diffusion/pipeline_config.h"
#include "core/networks/diffusion/unet_weights.h"

#include <torch/types.h>

#include <string>
#include <vector>

namespace mergarium {

/// What a U-Net is asked of n noisy latents.
struct UNetInput {
    /// [n, inChannels, height, width], as the scheduler scales them; any size.
    torch::Tensor latents;
    /// One for all, or one each. Fractions of steps are times, too.
    std::vector<double> timesteps;
    /// [n, tokens, contextWidth]
    torch::Tensor context;
    // SDXL's; undefined for other models.
    /// [n, width], the pooled text.
    torch::Tensor pooled;
    /// [n, 6]: original height and width, top and left of the crop, target height and width.
    torch::Tensor sizes;
};

/// What predicts the noise in a latent, as diffusers' UNet2DConditionModel of Stable Diffusion 1.x, 2.x and XL does.
/// Its tensors are views into a flat buffer, whose device and type it computes in, so writing the buffer is loading the
/// model. Any number of threads at a time.
class UNet {
public:
    /// `flat` holds the tensors of `layout`, merged and frozen, as diffusers names them behind `prefix`, in any order.
    /// Throws std::runtime_error naming the tensor that is missing, has another shape, or is unknown to the network,
    /// and for configurations that don't fit together.
    UNet(UNetConfig config, const torch::Tensor& flat, const Layout& layout, const std::string& prefix = "unet.");

    /// Takes its tensors, without a prefix, from the visitor. Throws for such configurations, and what the visitor
    /// throws.
    UNet(UNetConfig config, TensorVisitor& tensors);

    const UNetConfig& config() const { return config_; }

    /// [n, outChannels, height, width]. Throws std::invalid_argument for an input of other shapes. Under autograd where
    /// the caller's mode has it.
    torch::Tensor forward(const UNetInput& input, const Observer& observer = {}) const;

private:
    UNetConfig config_;
    UNetWeights weights_;
};

/// What a configuration must be for there to be such a network. Throws std::runtime_error naming the first thing that
/// isn't so, and `source`.
void checkConfig(const UNetConfig& config, std::string_view source);

/// Throws std::runtime_error naming `source` and the tensor that is missing, has another shape, holds integers, or is
/// unknown to the network.
void checkTensors(const UNetConfig& config, const Layout& layout, const std::string& prefix, std::string_view source);

}  // namespace mergarium
