#pragma once

#include "core/networks/diffusion/tensors_in.h"

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mergarium {

/// Sees a network's inner tensors by name. They may be overwritten as soon as it returns: copy what is to stay.
using Observer = std::function<void(const std::string& name, const torch::Tensor& value)>;

/// Where in a network one is, for an observer, if there is one.
class Trace {
public:
    explicit Trace(const Observer& observer, std::string name = {}) : observer_(observer), name_(std::move(name)) {}

    /// A part's: "down.0" and then ".resnet.1".
    Trace at(std::string_view part, std::size_t index) const;
    Trace at(std::string_view part) const;
    void operator()(std::string_view part, const torch::Tensor& value) const;
    bool watches() const { return static_cast<bool>(observer_); }

private:
    const Observer& observer_;
    std::string name_;
};

// What the networks of diffusion models consist of. Pictures are [n, channels, height, width], tokens [n, tokens,
// width]. Any floating type and device; under autograd, nothing is overwritten that it may need.

struct Stride {
    std::int64_t step = 1;
    /// Zeros above and on the left, and below and on the right.
    std::int64_t before = 1, after = 1;
};
torch::Tensor convolved(const torch::Tensor& picture, const Affine& affine, const Stride& stride = {});
/// Of 1x1.
torch::Tensor convolvedAlone(const torch::Tensor& picture, const Affine& affine);

/// x weight^T + bias; the weight [outputs, inputs] or [outputs, inputs, 1, 1].
torch::Tensor product(const torch::Tensor& tokens, const Affine& affine);
/// Its results as a picture.
torch::Tensor productAsPicture(const torch::Tensor& tokens, const Affine& affine, std::int64_t height,
                               std::int64_t width);

struct GroupNorm {
    std::int64_t groups = 32;
    double epsilon = 1e-5;
};
torch::Tensor groupNorm(const torch::Tensor& picture, const Affine& affine, const GroupNorm& norm);
/// y sigmoid(y) of the result y.
torch::Tensor activatedGroupNorm(const torch::Tensor& picture, const Affine& affine, const GroupNorm& norm);
torch::Tensor layerNorm(const torch::Tensor& tokens, const Affine& affine, double epsilon = 1e-5);

/// x sigmoid(x), and `x` may be overwritten with it.
torch::Tensor activated(torch::Tensor x);
/// a + b, and `a` may be overwritten with it.
torch::Tensor added(torch::Tensor a, const torch::Tensor& b);
/// value * gelu(gate) of [value, gate], which may be overwritten: a gated linear unit (Shazeer, "GLU Variants Improve
/// Transformer", 2020).
torch::Tensor geglu(torch::Tensor valueAndGate);

/// Softmax(q k^T / sqrt(width / heads)) v head by head, without a mask. queries [n, t, width], keys and values
/// [n, u, width]. Never holds a matrix of t x u for all heads where that is large.
torch::Tensor attended(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                       std::int64_t heads);

/// [n, channels, height, width] as [n, height * width, channels], which is a view.
torch::Tensor tokensOf(const torch::Tensor& picture);

/// The positions' sines and cosines, [positions, size] in fp32 on the CPU: frequency i is 10000^(-i / (size / 2 -
/// shift)) (Vaswani et al., "Attention Is All You Need", NeurIPS 2017).
torch::Tensor sinusoids(const std::vector<double>& positions, std::int64_t size, bool cosineFirst, double shift);

}  // namespace mergarium
