#pragma once

#include "core/networks/decoder/decoder_weights.h"

namespace mergarium {

/// Parts of a network in libtorch's operators, on any device and in the type of their inputs, to which weights of
/// another are converted as they are read; states are [tokens, hidden].

torch::Tensor product(const Linear& linear, const torch::Tensor& inputs);

/// Over the last dimension, computed in fp32. Undefined weights leave the inputs as they are.
torch::Tensor normalised(const torch::Tensor& inputs, const NormConfig& config, const NormWeights& weights);

/// x becomes cap * tanh(x / cap).
torch::Tensor softCapped(const torch::Tensor& inputs, double cap);

/// The perceptron of a layer, or its experts.
torch::Tensor feedForward(const torch::Tensor& inputs, const DecoderConfig& config, const DecoderWeights::Layer& layer);

}  // namespace mergarium
