#include "core/networks/decoder/library_blocks.h"

#include <ATen/ATen.h>

#include <stdexcept>

namespace mergarium {
namespace {

torch::Tensor activated(const torch::Tensor& inputs, Activation activation) {
    switch (activation) {
        case Activation::Silu: return at::silu(inputs);
        case Activation::Gelu: return at::gelu(inputs);
        case Activation::GeluTanh: return at::gelu(inputs, "tanh");
        case Activation::Relu: return at::relu(inputs);
    }
    throw std::logic_error("An activation that isn't there.");
}

torch::Tensor perceptron(const torch::Tensor& inputs, Activation activation, const MlpWeights& weights) {
    const auto up = product(weights.up, inputs);
    return product(weights.down, weights.gate.weight.defined()
                                     ? activated(product(weights.gate, inputs), activation) * up
                                     : activated(up, activation));
}

/// Every token goes through the experts that the router finds most probable, and their outputs are added up, weighted
/// with these probabilities.
torch::Tensor mixture(const torch::Tensor& inputs, const DecoderConfig& config, const DecoderWeights::Layer& layer) {
    const auto probabilities = product(layer.router, inputs).softmax(-1, torch::kFloat32);
    auto [weights, chosen] = probabilities.topk(config.experts.perToken, -1);
    if (config.experts.normalised) weights = weights / weights.sum(-1, /*keepdim=*/true);
    weights = (weights * config.experts.scale).to(inputs.scalar_type());
    auto outputs = at::zeros_like(inputs);
    for (std::size_t index = 0; index < layer.experts.size(); ++index) {
        const auto places = (chosen == static_cast<std::int64_t>(index)).nonzero();
        if (places.size(0) == 0) continue;
        const auto tokens = places.select(1, 0);
        const auto shares = weights.index({tokens, places.select(1, 1)}).unsqueeze(-1);
        outputs.index_add_(
            0, tokens, perceptron(inputs.index_select(0, tokens), config.activation, layer.experts[index]) * shares);
    }
    if (!layer.sharedExpert.up.weight.defined()) return outputs;
    auto shared = perceptron(inputs, config.activation, layer.sharedExpert);
    if (layer.sharedGate.weight.defined()) shared = shared * at::sigmoid(product(layer.sharedGate, inputs));
    return outputs + shared;
}

}  // namespace

torch::Tensor product(const Linear& linear, const torch::Tensor& inputs) {
    const auto type = inputs.scalar_type();
    return at::linear(inputs, linear.weight.to(type), linear.bias.defined() ? linear.bias.to(type) : linear.bias);
}

torch::Tensor normalised(const torch::Tensor& inputs, const NormConfig& config, const NormWeights& weights) {
    if (!weights.weight.defined()) return inputs;
    auto values = inputs.to(torch::kFloat32);
    if (config.kind == NormConfig::Kind::Layer) values = values - values.mean(-1, /*keepdim=*/true);
    const auto factors = (values.square().mean(-1, /*keepdim=*/true) + config.epsilon).rsqrt();
    const auto type = inputs.scalar_type();
    auto result = config.plusOne ? (values * factors * (weights.weight.to(torch::kFloat32) + 1.0)).to(type)
                                 : (values * factors).to(type) * weights.weight.to(type);
    if (weights.bias.defined()) result = result + weights.bias.to(type);
    return result;
}

torch::Tensor softCapped(const torch::Tensor& inputs, double cap) { return (inputs / cap).tanh() * cap; }

torch::Tensor feedForward(const torch::Tensor& inputs, const DecoderConfig& config,
                          const DecoderWeights::Layer& layer) {
    return layer.router.weight.defined() ? mixture(inputs, config, layer)
                                         : perceptron(inputs, config.activation, layer.mlp);
}

}  // namespace mergarium
