#pragma once

#include <torch/types.h>

namespace mergarium {

/// softmax(queries keys^T / sqrt(size) + mask) values, in libtorch's fused kernel where it has one (from 2.0).
/// queries [texts, heads, n, size], keys and values [texts, heads, m, size], mask [texts, 1, n, m]: 0 or -infinity.
torch::Tensor attention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                        const torch::Tensor& mask);

/// The same, step by step; softmax in fp32.
torch::Tensor plainAttention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                             const torch::Tensor& mask);

}  // namespace mergarium
