#pragma once

#include "core/kernels/packed_tokens.h"
#include "core/kernels/token_blocks.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace mergarium {

struct AttentionShape {
    std::size_t heads = 0, keyHeads = 0, headSize = 0;
    /// How many of the last tokens a token sees; 0: all.
    std::int64_t window = 0;
    float normEpsilon = 0.0F;
    /// Weights of the RMS norms of every head's queries and keys; null where there are none.
    const float *queryNorm = nullptr, *keyNorm = nullptr;
};

/// Keys and values of one layer. Keys stand feature after feature, so that scores of neighbouring tokens are neighbours
/// in a vector.
struct LayerCache {
    /// [slots, keyHeads, headSize, capacity]
    float* keys = nullptr;
    /// [slots, keyHeads, capacity, valueSize]; valueSize is headSize in whole vectors.
    float* values = nullptr;
    std::size_t capacity = 0;
    std::size_t valueSize = 0;
};

/// Rotates queries and keys, appends keys and values to the cache, and attends. `projected` holds queries, keys and
/// values of all heads, feature after feature, `turns` the headSize / 2 cosines and then sines of every token,
/// `outputs` [heads * headSize]. Pieces are packed in order. A token's result doesn't depend on the other texts, nor on
/// how its own text is cut into pieces.
void attend(const AttentionShape& shape, std::span<const Piece> pieces, const TokenBlocks& projected,
            const TokenBlocks& turns, const LayerCache& cache, TokenBlocks& outputs);

}  // namespace mergarium
