#pragma once

#include "core/kernels/packed_tokens.h"
#include "core/networks/decoder/decoder_weights.h"
#include "core/networks/decoder/rotary.h"

#include <span>

namespace mergarium {

/// A pass in libtorch's operators, on any device: in fp32 on the CPU, whatever type the weights have, and elsewhere in
/// their own type, but for norms and rotations. As Decoder::forward; pieces have been checked.
PieceResults libraryForward(const DecoderConfig& config, std::span<const Rotary> ropes, const DecoderWeights& weights,
                            std::span<const Piece> pieces, KeyValueCache& cache);

/// What the mixers of its layers remember (library_mixers.h), for weights of these options.
KeyValueCache libraryCache(const DecoderConfig& config, const torch::TensorOptions& options, std::int64_t slots,
                           std::int64_t capacity);

}  // namespace mergarium
