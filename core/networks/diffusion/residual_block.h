#pragma once

#include "core/networks/diffusion/operators.h"

namespace mergarium {

/// Two convolutions behind norms, and the way past them (He et al., "Deep Residual Learning", CVPR 2016).
struct ResidualBlock {
    Affine norm1, convolution1, norm2, convolution2;
    /// Undefined in a network without times.
    Affine time;
    /// Undefined where as many channels go out as come in.
    Affine shortcut;

    /// `timeWidth` 0: without time.
    static void visit(TensorVisitor& visitor, const std::string& name, std::int64_t inputs, std::int64_t outputs,
                      std::int64_t timeWidth, ResidualBlock& to);

    /// `time` [n, timeWidth], which may be undefined.
    torch::Tensor operator()(const torch::Tensor& picture, const torch::Tensor& timeOfAll, const GroupNorm& norm) const;
};

}  // namespace mergarium
