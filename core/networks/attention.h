#pragma once

#include <torch/types.h>

#include <optional>

namespace mergarium {

struct AttentionScores {
    /// Of the products of queries and keys.
    double scale = 1.0;
    /// A score s becomes cap * tanh(s / cap), before it is masked.
    std::optional<double> cap = {};
};

/// softmax(scale queries keys^T + mask) values, in libtorch's fused kernel where it has one (from 2.0) and scores have
/// no cap. queries [texts, heads, n, size], keys and values [texts, heads, m, size], mask [texts, 1, n, m]: 0 or
/// -infinity.
torch::Tensor attention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                        const torch::Tensor& mask, const AttentionScores& scores);

/// The same, step by step; softmax in fp32.
torch::Tensor plainAttention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                             const torch::Tensor& mask, const AttentionScores& scores);

}  // namespace mergarium
