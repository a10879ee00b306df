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

/// Of heads [tokens, heads, headSize].
torch::Tensor headsNormalised(const torch::Tensor& heads, const DecoderConfig& config,
                              const std::vector<NormWeights>& weights) {
    if (config.headNorms == HeadNorms::None) return heads;
    if (config.headNorms == HeadNorms::Whole)
        return normalised(heads.flatten(1), config.headNorm, weights.front()).view_as(heads);
    if (weights.size() == 1) return normalised(heads, config.headNorm, weights.front());
    NormWeights all;
    std::vector<torch::Tensor> rows, biases;
    for (const auto& one : weights) {
        rows.push_back(one.weight);
        if (one.bias.defined()) biases.push_back(one.bias);
    }
    all.weight = at::stack(rows);
    if (!biases.empty()) all.bias = at::stack(biases);
    return normalised(heads, config.headNorm, all);
}

}  // namespace

torch::Tensor product(const Linear& linear, const torch::Tensor& inputs) {
    return at::linear(inputs, linear.weight, linear.bias);
}

torch::Tensor normalised(const torch::Tensor& inputs, const NormConfig& config, const NormWeights& weights) {
    if (!weights.weight.defined()) return inputs;
    auto values = inputs.to(torch::kFloat32);
    if (config.kind == NormConfig::Kind::Layer) values = values - values.mean(-1, /*keepdim=*/true);
    const auto factors = (values.square().mean(-1, /*keepdim=*/true) + config.epsilon).rsqrt();
    auto result =
        (values * factors).to(inputs.scalar_type()) * (config.plusOne ? weights.weight + 1.0 : weights.weight);
    if (weights.bias.defined()) result = result + weights.bias;
    return result;
}

torch::Tensor softCapped(const torch::Tensor& inputs, double cap) { return (inputs / cap).tanh() * cap; }

torch::Tensor feedForward(const torch::Tensor& inputs, const DecoderConfig& config,
                          const DecoderWeights::Layer& layer) {
    return layer.router.weight.defined() ? mixture(inputs, config, layer)
                                         : perceptron(inputs, config.activation, layer.mlp);
}

Projected projected(const torch::Tensor& inputs, const DecoderConfig& config, const DecoderWeights::Layer& layer) {
    const auto tokens = inputs.size(0);
    Projected result;
    if (layer.joined.weight.defined()) {
        const auto group = config.heads / config.keyHeads;
        const auto all = product(layer.joined, inputs).view({tokens, config.keyHeads, group + 2, config.headSize});
        result.queries = all.narrow(2, 0, group).reshape({tokens, config.heads, config.headSize});
        result.keys = all.select(2, group);
        result.values = all.select(2, group + 1);
    } else {
        result.queries = product(layer.queries, inputs).view({tokens, config.heads, config.headSize});
        result.keys = product(layer.keys, inputs).view({tokens, config.keyHeads, config.headSize});
        result.values = product(layer.values, inputs).view({tokens, config.keyHeads, config.headSize});
    }
    result.queries = headsNormalised(result.queries, config, layer.queryNorm);
    result.keys = headsNormalised(result.keys, config, layer.keyNorm);
    if (const auto limit = config.projectionLimit)
        for (auto* one : {&result.queries, &result.keys, &result.values}) *one = one->clamp(-*limit, *limit);
    return result;
}

}  // namespace mergarium
