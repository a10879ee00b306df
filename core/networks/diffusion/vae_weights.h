#pragma once

#include "core/diffusion/pipeline_config.h"
#include "core/networks/diffusion/residual_block.h"

#include <vector>

namespace mergarium {

struct VaeWeights {
    struct Level {
        std::vector<ResidualBlock> residual;
        /// Undefined at the last level.
        Affine resampling;
    };
    /// Pixels that attend to each other between two residual blocks.
    struct Middle {
        ResidualBlock first, second;
        /// Undefined where there is no attention.
        Affine norm, queries, keys, values, output;
    };
    struct Half {
        Affine in;
        /// In the order in which they act.
        std::vector<Level> levels;
        Middle middle;
        Affine norm, out;
    };
    /// Its middle comes behind its levels.
    Half encoder;
    /// Undefined where there is none.
    Affine quant, postQuant;
    /// Its middle comes before its levels.
    Half decoder;

    /// The one list of names and shapes: diffusers' names, without a prefix, in depth order.
    static void visit(TensorVisitor& visitor, const VaeConfig& config, VaeWeights& to);
};

/// All tensors, in fp32. `prefix` stands before each name.
Layout vaeLayout(const VaeConfig& config, const std::string& prefix = "vae.");

}  // namespace mergarium
