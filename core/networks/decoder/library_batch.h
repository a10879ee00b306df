#pragma once

#include "core/kernels/packed_tokens.h"
#include "core/networks/decoder/rotary.h"

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace mergarium {

/// On a device, as whole numbers.
torch::Tensor onDevice(const std::vector<std::int64_t>& values, torch::Device device);

/// Where the tokens of a batch stand, as the operators need it. Tokens are packed [tokens]; only mixers lay them
/// out as [pieces, longest], padded behind.
struct Batch {
    std::int64_t pieces = 0, longest = 0;
    /// Most keys that any piece sees.
    std::int64_t keys = 0;
    /// Rows 0, 1, 2, ... of the cache, so that no selection is needed.
    bool slotsInOrder = true;
    torch::Tensor tokens;
    /// Row of the cache of every piece.
    torch::Tensor slots;
    /// Place in the cache of every token: slot * capacity + position.
    torch::Tensor places;
    /// Packed token of every padded place, and padded place of every packed token.
    torch::Tensor packed, padded;
    /// [pieces, longest]
    torch::Tensor positions;
    /// Tokens of every piece, and whether its text begins with it.
    torch::Tensor counts, begins;
    /// In its text, of every token.
    torch::Tensor packedPositions;
    /// Per rotary embedding fp32 [tokens, 1, rotated / 2].
    std::vector<torch::Tensor> cosines, sines;

    Batch(std::span<const Piece> all, const KeyValueCache& cache, std::span<const Rotary> ropes, torch::Device device);
    /// [pieces, 1, group * longest, keys], the same for `group` heads: 0 for what a token sees, -infinity for the rest.
    const torch::Tensor& mask(std::int64_t window, std::int64_t group, torch::ScalarType type);
    /// Of packed tokens [tokens, ...], laid out as [pieces, longest, ...]; what is behind a piece's end counts for
    /// nothing.
    torch::Tensor laidOut(const torch::Tensor& ofTokens) const;
    /// The other way round.
    torch::Tensor packedAgain(const torch::Tensor& ofPieces) const;
    /// The pieces' rows [pieces, ...] of a cache [slots, ...].
    torch::Tensor rowsOf(const torch::Tensor& cached) const;

private:
    /// By window and group.
    std::map<std::pair<std::int64_t, std::int64_t>, torch::Tensor> masks_;
};

}  // namespace mergarium
