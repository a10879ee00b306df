#include "core/networks/diffusion/transformer.h"

namespace mergarium {
namespace {

torch::Tensor attend(const torch::Tensor& tokens, const torch::Tensor& to, const AttentionWeights& weights,
                     std::int64_t heads) {
    return product(
        attended(product(tokens, weights.queries), product(to, weights.keys), product(to, weights.values), heads),
        weights.output);
}

torch::Tensor through(torch::Tensor x, const TransformerBlockWeights& weights, const TransformerInput& input,
                      const Trace& trace) {
    auto inner = layerNorm(x, weights.norm1);
    trace("norm1", inner);
    inner = attend(inner, inner, weights.self, input.heads);
    trace("attn1", inner);
    x = added(inner, x);
    inner = layerNorm(x, weights.norm2);
    trace("norm2", inner);
    inner = attend(inner, input.context, weights.cross, input.heads);
    trace("attn2", inner);
    x = added(inner, x);
    inner = layerNorm(x, weights.norm3);
    trace("norm3", inner);
    inner = geglu(product(inner, weights.gateAndValue));
    trace("ff.geglu", inner);
    inner = product(inner, weights.down);
    trace("ff", inner);
    x = added(inner, x);
    trace("", x);
    return x;
}

}  // namespace

torch::Tensor transformed(const torch::Tensor& picture, const TransformerWeights& weights,
                          const TransformerInput& input, const Trace& trace) {
    auto inner = groupNorm(picture, weights.norm, {.groups = input.groups, .epsilon = 1e-6});
    trace("norm", inner);
    inner = product(tokensOf(inner), weights.in);
    // Told as diffusers has them: a convolution's are pictures.
    const bool isConvolution = weights.in.weight.dim() == 4;
    const auto height = picture.size(2), width = picture.size(3);
    if (trace.watches())
        trace("proj_in", isConvolution ? inner.transpose(1, 2).reshape({inner.size(0), -1, height, width}) : inner);
    for (std::size_t i = 0; i < weights.blocks.size(); ++i)
        inner = through(inner, weights.blocks[i], input, trace.at("block.", i));
    inner = productAsPicture(inner, weights.out, height, width);
    if (trace.watches()) trace("proj_out", isConvolution ? inner : tokensOf(inner));
    inner = added(inner, picture);
    trace("", inner);
    return inner;
}

}  // namespace mergarium
