#pragma once

#include "core/checkpoint/layout.h"

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// The multi-layer perceptron of the digits experiment: 64-256-10 with ReLU, 19,210 parameters. Its tensors are views
/// into one flat fp32 vector in the order W1, b1, W2, b2, weights input-major: writing the vector is loading the model.
class Mlp {
public:
    struct Shape {
        std::int64_t inputs = 64;
        std::int64_t hidden = 256;
        std::int64_t outputs = 10;
    };

    Mlp(Shape shape, torch::Device device);

    static Layout layout(Shape shape);
    const Shape& shape() const { return shape_; }

    /// Where a model is written. On the CPU this is the network's own memory; elsewhere call `upload` afterwards.
    std::span<float> parameters();
    void upload();

    /// Logits [n, outputs] of inputs [n, inputs], into `logits`, with `hidden` [n, hidden] as scratch.
    void forward(const torch::Tensor& inputs, torch::Tensor& hidden, torch::Tensor& logits) const;

private:
    Shape shape_;
    torch::Tensor host_;
    torch::Tensor flat_;
    torch::Tensor inputWeights_, inputBias_, outputWeights_, outputBias_;
};

/// Logits of inputs for parameters in one flat differentiable vector; only for training founders.
torch::Tensor mlpLogits(Mlp::Shape shape, const torch::Tensor& flat, const torch::Tensor& inputs);

}  // namespace mergarium
