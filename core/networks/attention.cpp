#include "core/networks/attention.h"

#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#include <ATen/ops/scaled_dot_product_attention.h>
#endif

#include <cmath>

namespace mergarium {

torch::Tensor attention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                        const torch::Tensor& mask, const AttentionScores& scores) {
#if TORCH_VERSION_MAJOR >= 2
    if (!scores.cap) {
        // The kernel divides by the root of a head's size.
        const double factor = scores.scale * std::sqrt(static_cast<double>(queries.size(-1)));
        return at::scaled_dot_product_attention(factor == 1.0 ? queries : queries * factor, keys, values, mask);
    }
#endif
    return plainAttention(queries, keys, values, mask, scores);
}

torch::Tensor plainAttention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                             const torch::Tensor& mask, const AttentionScores& scores) {
    auto products = queries.matmul(keys.transpose(-2, -1)) * scores.scale;
    if (scores.cap) products = (products / *scores.cap).tanh() * *scores.cap;
    return (products + mask).softmax(-1, torch::kFloat32).to(values.scalar_type()).matmul(values);
}

}  // namespace mergarium
