#pragma once

#include "core/kernels/fused_attention.h"
#include "core/kernels/fused_product.h"
#include "core/kernels/packed_tokens.h"
#include "core/networks/decoder/decoder_weights.h"
#include "core/networks/decoder/rotary.h"

#include <vector>

namespace mergarium {

/// A pass in fp32 on the CPU, by kernels that stream every weight once per group of tokens, with no
/// copies between products and no padding. A text's results are the same to the bit whatever it is batched with,
/// however it is cut into pieces and however many threads there are; they depend on the kind of processor alone.
class FusedDecoder {
public:
    /// `weights` are fp32 views into memory that outlives this and is read by every pass.
    FusedDecoder(const DecoderConfig& config, std::span<const Rotary> ropes, const DecoderWeights& weights);

    static bool computes(const DecoderConfig& config);

    KeyValueCache cache(std::int64_t slots, std::int64_t capacity) const;
    /// As Decoder::forward; pieces have been checked.
    PieceResults forward(std::span<const Piece> pieces, KeyValueCache& cache);

private:
    struct Layer {
        const float *inputNorm, *mlpNorm;
        std::vector<Matrix> projections;
        Matrix output, gate, up, down;
        AttentionShape attention;
    };

    /// A bounded number of tokens through all layers; their last states are in `states_`.
    void pass(std::span<const Piece> pieces, KeyValueCache& cache);
    void embed(std::span<const Piece> pieces);
    void turn(std::span<const Piece> pieces);

    std::size_t headSize_, valueSize_;
    float normEpsilon_;
    Rotary rotary_;
    Matrix embedding_, head_;
    const float* norm_;
    std::vector<Layer> layers_;
    TokenBlocks states_, normed_, projected_, turns_, mixed_, gated_;
};

}  // namespace mergarium
