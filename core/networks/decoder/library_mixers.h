#pragma once

#include "core/networks/decoder/decoder_weights.h"
#include "core/networks/decoder/library_batch.h"

namespace mergarium {

/// One layer at work on a batch.
struct LayerPass {
    std::size_t index = 0;
    const DecoderConfig& config;
    const DecoderLayer& layer;
    const DecoderWeights::Layer& weights;
    Batch& batch;
    KeyValueCache& cache;
};

/// What the mixer of a layer makes of its states [tokens, hidden], packed as the batch's tokens are, before the product
/// of its output: [tokens, inputs of that product]. In libtorch's operators, on any device and in the states'
/// type. Puts into the cache what later tokens need.
torch::Tensor mixed(const Attention& mixer, const LayerPass& pass, const torch::Tensor& states);
torch::Tensor mixed(const LatentAttention& mixer, const LayerPass& pass, const torch::Tensor& states);
torch::Tensor mixed(const DeltaRule& mixer, const LayerPass& pass, const torch::Tensor& states);

/// Room in a cache for that: keys and values [slots, capacity, keyHeads, headSize].
void makeRoom(const Attention& mixer, std::size_t layer, const DecoderConfig& config,
              const torch::TensorOptions& options, KeyValueCache& cache);
/// Keys [slots, capacity, 1, keyRank + rotatedSize]: what keys and values are made of, and the rotated part. No values.
void makeRoom(const LatentAttention& mixer, std::size_t layer, const DecoderConfig& config,
              const torch::TensorOptions& options, KeyValueCache& cache);
/// Matrices fp32 [slots, valueHeads, keySize, valueSize], and the convolution's last inputs [slots, channels, tokens -
/// 1].
void makeRoom(const DeltaRule& mixer, std::size_t layer, const DecoderConfig& config,
              const torch::TensorOptions& options, KeyValueCache& cache);

/// Rotates the first numbers of heads [tokens, heads, size], computed in fp32.
torch::Tensor rotated(const torch::Tensor& heads, const LayerPass& pass);

/// What queries [tokens, heads, keySize] find in the keys and values that the batch sees of a cache [slots, capacity,
/// keyHeads, keySize or valueSize]: [tokens, heads, valueSize].
torch::Tensor attended(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                       const LayerPass& pass);

}  // namespace mergarium
