#pragma once

#include "core/kernels/token_blocks.h"

#include <cstddef>

namespace mergarium {

/// (x - mean) / sqrt(variance + epsilon) * (weight + shift) + bias, or without a mean the root of the mean square.
struct NormShape {
    /// Null: there is no norm.
    const float* weights = nullptr;
    /// May be null.
    const float* bias = nullptr;
    float epsilon = 0.0F;
    float shift = 0.0F;
    bool centred = false;

    explicit operator bool() const { return weights != nullptr; }
};

/// Of the features of every token; `outputs` takes the shape of `inputs`, and may be it. The results are multiplied by
/// `scale`. On all threads; a token's result is the same to the bit whatever it is batched with.
void normalise(const NormShape& norm, const TokenBlocks& inputs, TokenBlocks& outputs, float scale = 1.0F);

/// Of features [first, first + count) of every token, in place.
void normaliseSome(const NormShape& norm, std::size_t first, std::size_t count, TokenBlocks& states);

/// to += scale * from.
void addScaled(const TokenBlocks& from, float scale, TokenBlocks& to);

/// Numbers beyond plus and minus `limit` become it.
void clampTo(float limit, TokenBlocks& states);

}  // namespace mergarium
