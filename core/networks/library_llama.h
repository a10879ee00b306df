#pragma once

#include "core/kernels/packed_tokens.h"
#include "core/networks/llama_weights.h"
#include "core/networks/rotary.h"

#include <span>

namespace mergarium {

/// The Llama family's pass in libtorch's operators, on any device and in the weights' own type; norms and rotations are
/// computed in fp32. As Llama::forward; pieces have been checked.
PieceResults libraryForward(const LlamaConfig& config, const Rotary& rotary, const LlamaWeights& weights,
                            std::span<const Piece> pieces, KeyValueCache& cache);

/// Keys and values [slots, capacity, keyHeads, headSize].
KeyValueCache libraryCache(const LlamaConfig& config, const torch::TensorOptions& options, std::int64_t slots,
                           std::int64_t capacity);

}  // namespace mergarium
