#pragma once

#include "core/networks/diffusion/unet_weights.h"

namespace mergarium {

struct TransformerInput {
    /// [n, tokens, width] of the text.
    const torch::Tensor& context;
    std::int64_t heads = 1;
    std::int64_t groups = 32;
};

/// A U-Net's transformer over a picture's pixels, with the way past it.
torch::Tensor transformed(const torch::Tensor& picture, const TransformerWeights& weights,
                          const TransformerInput& input, const Trace& trace);

}  // namespace mergarium
