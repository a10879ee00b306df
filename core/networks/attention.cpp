#include "core/networks/attention.h"

#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#include <ATen/ops/scaled_dot_product_attention.h>
#endif

#include <cmath>

namespace mergarium {

torch::Tensor attention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                        const torch::Tensor& mask) {
#if TORCH_VERSION_MAJOR >= 2
    return at::scaled_dot_product_attention(queries, keys, values, mask);
#else
    return plainAttention(queries, keys, values, mask);
#endif
}

torch::Tensor plainAttention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                             const torch::Tensor& mask) {
    const double scale = 1.0 / std::sqrt(static_cast<double>(queries.size(-1)));
    const auto weights = (queries.matmul(keys.transpose(-2, -1)) * scale + mask).softmax(-1, torch::kFloat32);
    return weights.to(values.scalar_type()).matmul(values);
}

}  // namespace mergarium
