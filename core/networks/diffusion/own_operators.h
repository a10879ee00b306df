#pragma once

#include "core/networks/diffusion/operators.h"

#include <functional>

namespace mergarium {

// The same in our own way, for fp32 on the CPU without autograd. Work is cut into pieces that depend on one picture's
// sizes alone, each of them computed on one thread, so a picture's results are the same to the bit whatever it is
// batched with and on however many threads; libtorch's and OpenBLAS's own cuts depend on both.

/// Whether they are for this tensor.
bool computesOwn(const torch::Tensor& x);

/// Calls body(first, last) for stretches of [0, count) on all threads; products within are computed on one each.
void inPieces(std::int64_t count, const std::function<void(std::int64_t first, std::int64_t last)>& body);

torch::Tensor ownConvolution(const torch::Tensor& picture, const Affine& affine, const Stride& stride);
torch::Tensor ownProduct(const torch::Tensor& tokens, const Affine& affine);
/// [n, outputs, tokens]
torch::Tensor ownTransposedProduct(const torch::Tensor& tokens, const Affine& affine);
torch::Tensor ownGroupNorm(const torch::Tensor& picture, const Affine& affine, const GroupNorm& norm, bool activated);
torch::Tensor ownLayerNorm(const torch::Tensor& tokens, const Affine& affine, double epsilon);
/// In place.
void ownActivation(torch::Tensor& x);
torch::Tensor ownGate(const torch::Tensor& valueAndGate);
torch::Tensor ownAttention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                           std::int64_t heads, double scale);

}  // namespace mergarium
