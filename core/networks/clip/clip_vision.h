#pragma once

#include "core/networks/clip/clip_layers.h"

#include <torch/types.h>

namespace mergarium {

/// CLIP's picture encoder, a vision transformer (Radford et al. 2021), in libtorch's operators. Its tensors are views
/// into someone else's flat buffer.
class ClipVision {
public:
    /// Takes its tensors from the visitor, as ClipText does.
    ClipVision(ClipVisionConfig config, TensorVisitor& tensors);

    const ClipVisionConfig& config() const { return config_; }

    struct Reading {
        /// After pre_layrnorm, and after the last layer: [pictures, 1 + patches, width].
        torch::Tensor embeddings, last;
        /// [pictures, width]
        torch::Tensor pooled;
        /// [pictures, projection]; undefined where the network has none.
        torch::Tensor projected;
    };
    /// `pixels`: [pictures, 3, imageSize, imageSize], normalised as the model's preprocessing says. Under
    /// autograd where the caller's mode has it.
    Reading look(const torch::Tensor& pixels) const;

private:
    ClipVisionConfig config_;
    torch::Tensor class_, patches_, positions_;
    Affine inputNorm_, outputNorm_, projection_;
    ClipLayerWeights layers_;
};

}  // namespace mergarium
