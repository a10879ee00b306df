#pragma once

#include "core/families/decoder_config.h"
#include "core/kernels/token_blocks.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace mergarium {

/// A matrix [outputs, inputs] and a bias [outputs], which may be null.
struct Matrix {
    enum class Element : std::uint8_t { F32, BF16 };
    /// Null: there is none.
    const void* weight = nullptr;
    const float* bias = nullptr;
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    Element element = Element::F32;
    /// Numbers from one column to the next; 0: one row follows the other without a gap.
    std::size_t columnStride = 0;

    explicit operator bool() const { return weight != nullptr; }
};

/// Products of matrices with activations, on all threads. Every sum goes over the inputs in order, so a token's result
/// is the same to the bit whatever it is batched with, however many threads there are, and however the same numbers are
/// stored.

/// Rows of outputs, one matrix after the other, from the first feature on: queries, keys and values at once.
void multiply(std::span<const Matrix> matrices, const TokenBlocks& inputs, TokenBlocks& outputs);
/// outputs += matrix inputs.
void multiplyAdd(const Matrix& matrix, const TokenBlocks& inputs, TokenBlocks& outputs);
/// outputs = activation(gate inputs) * (up inputs), or activation(up inputs) where gate has no weight.
void multiplyGated(const Matrix& gate, const Matrix& up, Activation activation, const TokenBlocks& inputs,
                   TokenBlocks& outputs);
/// outputs [tokens, matrix.outputs], token after token; x becomes cap * tanh(x / cap) unless `cap` is 0.
void multiplyToRows(const Matrix& matrix, const TokenBlocks& inputs, float* outputs, float cap = 0.0F);
/// Per token, log(sum(exp(matrix inputs))) over all outputs, and the one output asked for by `chosen`; capped likewise.
void multiplyLogSumExp(const Matrix& matrix, const TokenBlocks& inputs, std::span<const std::int32_t> chosen,
                       std::span<float> logSums, std::span<float> chosenOutputs, float cap = 0.0F);

}  // namespace mergarium
