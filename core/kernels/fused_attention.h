#pragma once

#include "core/kernels/fused_norm.h"
#include "core/kernels/packed_tokens.h"
#include "core/kernels/token_blocks.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

struct AttentionShape {
    std::size_t heads = 0, keyHeads = 0, headSize = 0;
    /// How many of the last tokens a token sees; 0: all.
    std::int64_t window = 0;
    /// Of the products of queries and keys.
    float scale = 1.0F;
    /// Scores s become cap * tanh(s / cap), unless it is 0.
    float cap = 0.0F;
    /// How many of a head's numbers are rotated, from its first on; even.
    std::size_t rotated = 0;
    /// Pairs are 2j and 2j + 1; else j and j + rotated / 2.
    bool neighbours = false;
    /// Norms of every head's queries and keys: none, one, or one per head.
    std::vector<NormShape> queryNorms = {}, keyNorms = {};
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
/// values of all heads, feature after feature, `turns` the rotated / 2 cosines and then sines of every token,
/// `outputs` [heads * headSize]. Pieces are packed in order. A token's result doesn't depend on the other texts, nor on
/// how its own text is cut into pieces.
void attend(const AttentionShape& shape, std::span<const Piece> pieces, const TokenBlocks& projected,
            const TokenBlocks& turns, const LayerCache& cache, TokenBlocks& outputs);

}  // namespace mergarium
