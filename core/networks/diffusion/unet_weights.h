#pragma once

#include "core/diffusion/pipeline_config.h"
#include "core/networks/diffusion/residual_block.h"

#include <vector>

namespace mergarium {

/// Of attention in a transformer.
struct AttentionWeights {
    Affine queries, keys, values, output;
};

/// Attends to itself, then to the text, then a gated feed-forward part.
struct TransformerBlockWeights {
    Affine norm1, norm2, norm3;
    AttentionWeights self, cross;
    Affine gateAndValue, down;
};

/// A picture's pixels as tokens (Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", CVPR
/// 2022).
struct TransformerWeights {
    Affine norm, in, out;
    std::vector<TransformerBlockWeights> blocks;
};

struct UNetWeights {
    struct Level {
        std::vector<ResidualBlock> residual;
        /// One behind each, or none.
        std::vector<TransformerWeights> transformers;
        /// Undefined at the last level.
        Affine resampling;
    };
    Affine time1, time2;
    /// Undefined where there is no additional embedding.
    Affine additional1, additional2;
    Affine in;
    /// From the top.
    std::vector<Level> down;
    /// Of two residual blocks.
    Level middle;
    /// From the middle.
    std::vector<Level> up;
    Affine norm, out;

    /// The one list of names and shapes: diffusers' names, without a prefix, in depth order.
    static void visit(TensorVisitor& visitor, const UNetConfig& config, UNetWeights& to);
};

/// All tensors, in fp32. `prefix` stands before each name.
Layout unetLayout(const UNetConfig& config, const std::string& prefix = "unet.");

}  // namespace mergarium
