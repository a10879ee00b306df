#pragma once

#include "core/kernels/simd.h"

#include <ATen/ops/empty.h>
#include <torch/types.h>

#include <algorithm>
#include <cstddef>

namespace mergarium {

/// Activations as the fused network wants them: tokens in blocks of 48 (the last one of 16, 32 or 48), in a block
/// feature after feature, so that the tokens of a block stand side by side in vectors and no product needs anything
/// transposed.
class TokenBlocks {
public:
    static constexpr std::size_t kWidth = 48;

    TokenBlocks() = default;
    TokenBlocks(std::size_t features, std::size_t tokens) { reshape(features, tokens); }

    /// Values are undefined afterwards; memory is kept for the next time.
    void reshape(std::size_t features, std::size_t tokens) {
        features_ = features;
        tokens_ = tokens;
        columns_ = (tokens + kVectorWidth - 1) / kVectorWidth * kVectorWidth;
        const auto count = static_cast<std::int64_t>(features_ * columns_);
        if (!memory_.defined() || memory_.numel() < count) memory_ = at::empty({count}, torch::kFloat32);
        data_ = memory_.data_ptr<float>();
    }

    std::size_t features() const { return features_; }
    std::size_t tokens() const { return tokens_; }
    std::size_t blocks() const { return (columns_ + kWidth - 1) / kWidth; }
    /// Numbers from one feature to the next in a block.
    std::size_t width(std::size_t block) const { return std::min(kWidth, columns_ - block * kWidth); }
    float* block(std::size_t index) { return data_ + index * kWidth * features_; }
    const float* block(std::size_t index) const { return data_ + index * kWidth * features_; }
    /// Where a feature of a token stands; the next feature is width(token / kWidth) further on.
    float* at(std::size_t feature, std::size_t token) {
        return block(token / kWidth) + feature * width(token / kWidth) + token % kWidth;
    }
    const float* at(std::size_t feature, std::size_t token) const {
        return const_cast<TokenBlocks*>(this)->at(feature, token);
    }

private:
    std::size_t features_ = 0, tokens_ = 0, columns_ = 0;
    torch::Tensor memory_;
    float* data_ = nullptr;
};

}  // namespace mergarium
