#pragma once

#include "core/kernels/token_blocks.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace mergarium {

/// A matrix [outputs, inputs] and a bias [outputs], which may be null.
struct Matrix {
    const float* weight = nullptr;
    const float* bias = nullptr;
    std::size_t inputs = 0;
    std::size_t outputs = 0;
};

/// Products of matrices with activations, on all threads. Every sum goes over the inputs in order, so a token's result
/// is the same to the bit whatever it is batched with, and however many threads there are.

/// Rows of outputs, one matrix after the other, from the first feature on: queries, keys and values at once.
void multiply(std::span<const Matrix> matrices, const TokenBlocks& inputs, TokenBlocks& outputs);
/// outputs += matrix inputs.
void multiplyAdd(const Matrix& matrix, const TokenBlocks& inputs, TokenBlocks& outputs);
/// outputs = silu(gate inputs) * (up inputs).
void multiplyGated(const Matrix& gate, const Matrix& up, const TokenBlocks& inputs, TokenBlocks& outputs);
/// outputs [tokens, matrix.outputs], token after token.
void multiplyToRows(const Matrix& matrix, const TokenBlocks& inputs, float* outputs);
/// Per token, log(sum(exp(matrix inputs))) over all outputs, and the one output asked for by `chosen`.
void multiplyLogSumExp(const Matrix& matrix, const TokenBlocks& inputs, std::span<const std::int32_t> chosen,
                       std::span<float> logSums, std::span<float> chosenOutputs);

}  // namespace mergarium
