#pragma once

#include "core/kernels/packed_tokens.h"
#include "core/networks/decoder/fused_weights.h"
#include "core/networks/decoder/rotary.h"

#include <vector>

namespace mergarium {

/// A pass on the CPU, computed in fp32, by kernels that stream every weight once per group of tokens, with no copies
/// between products and no padding. A text's results are the same to the bit whatever it is batched with, however it is
/// cut into pieces and however many threads there are; they depend on the kind of processor alone.
class FusedDecoder {
public:
    /// Whether there are kernels for it: networks whose layers all have attention without gates.
    static bool computes(const DecoderConfig& config);

    /// `weights` are views into memory that outlives this and is read by every pass, fp32 or bf16; results are those of
    /// the same numbers in fp32.
    FusedDecoder(const DecoderConfig& config, std::vector<Rotary> ropes, const DecoderWeights& weights);

    KeyValueCache cache(std::int64_t slots, std::int64_t capacity) const;
    /// As Decoder::forward; pieces have been checked.
    PieceResults forward(std::span<const Piece> pieces, KeyValueCache& cache);

private:
    /// A bounded number of tokens through all layers; their last states are in `states_`.
    void pass(std::span<const Piece> pieces, KeyValueCache& cache);
    void embed(std::span<const Piece> pieces);
    void turn(std::span<const Piece> pieces);
    void project(const FusedWeights::Layer& layer, const TokenBlocks& inputs);
    void feedForward(const FusedWeights::Layer& layer, const TokenBlocks& inputs);
    void mixExperts(const FusedWeights::Layer& layer, const TokenBlocks& inputs);
    /// states_ += scale * norm(matrix inputs)
    void addBranch(const Matrix& matrix, const NormShape& norm, const TokenBlocks& inputs);

    DecoderConfig config_;
    std::size_t valueSize_;
    std::vector<Rotary> ropes_;
    FusedWeights weights_;
    TokenBlocks states_, normed_, otherNormed_, projected_, mixed_, gated_, branch_, someStates_;
    /// One per rotary embedding.
    std::vector<TokenBlocks> turns_;
};

}  // namespace mergarium
