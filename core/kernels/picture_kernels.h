#pragma once

#include <cstddef>
#include <cstdint>

namespace mergarium {

// What networks on pictures do between their products. Every number is computed by the same instructions in the same
// order wherever it stands, so a picture's results are the same to the bit whatever it is batched with, and on however
// many threads. Results may go where the input is.

/// Of one group of channels, which lie one after the other: (x - mean) / sqrt(variance + epsilon) * weight + bias.
struct NormGroup {
    std::size_t channels = 0;
    /// Of one channel.
    std::size_t pixels = 0;
    /// One number a channel.
    const float* weight = nullptr;
    const float* bias = nullptr;
    float epsilon = 0.0F;
    /// y sigmoid(y) of the result y.
    bool activated = false;
};
void normaliseGroup(const NormGroup& group, const float* from, float* to);

/// The same of one token's features.
struct NormRow {
    std::size_t width = 0;
    const float* weight = nullptr;
    const float* bias = nullptr;
    float epsilon = 0.0F;
};
void normaliseRow(const NormRow& row, const float* from, float* to);

/// x sigmoid(x)
void activateRow(std::size_t width, float* row);

/// e^x / sum of e^x
void softmaxRow(std::size_t width, float* row);

/// value * gelu(gate), with the error function; `row` has `width` values, then as many gates.
void gateRow(std::size_t width, const float* row, float* to);

/// What a convolution reads: of some channels, at every place of its square, the numbers that `count` of its outputs
/// meet there, zeros around the picture; [channels * side * side, count].
struct Patches {
    std::int64_t channels = 0;
    std::int64_t height = 0, width = 0;
    std::int64_t side = 3;
    std::int64_t stride = 1;
    /// Zeros above and on the left.
    std::int64_t before = 1;
    /// Of a row of outputs.
    std::int64_t outputWidth = 0;
    /// The outputs, row by row.
    std::int64_t first = 0, count = 0;
};
void copyPatches(const Patches& patches, const float* picture, float* to);

}  // namespace mergarium
