#include "core/networks/clip/clip_layers.h"

#include <ATen/ATen.h>

#include <cmath>

namespace mergarium {
namespace {

torch::Tensor attended(const ClipLayers& config, const ClipLayerWeights::Layer& layer, const torch::Tensor& inputs,
                       const torch::Tensor& mask) {
    const auto texts = inputs.size(0);
    const auto tokens = inputs.size(1);
    const auto size = config.width / config.heads;
    const auto heads = [&](const Affine& weights) {
        return at::linear(inputs, weights.weight, weights.bias)
            .view({texts, tokens, config.heads, size})
            .transpose(1, 2);
    };
    const auto queries = heads(layer.queries) * (1.0 / std::sqrt(static_cast<double>(size)));
    auto scores = at::matmul(queries, heads(layer.keys).transpose(2, 3));
    if (mask.defined()) scores = scores + mask;
    const auto mixed = at::matmul(scores.softmax(-1), heads(layer.values));
    return at::linear(mixed.transpose(1, 2).reshape({texts, tokens, config.width}), layer.output.weight,
                      layer.output.bias);
}

torch::Tensor fedForward(const ClipLayers& config, const ClipLayerWeights::Layer& layer, const torch::Tensor& inputs) {
    const auto up = at::linear(inputs, layer.up.weight, layer.up.bias);
    const auto active = config.activation == ClipActivation::QuickGelu ? up * at::sigmoid(1.702 * up) : at::gelu(up);
    return at::linear(active, layer.down.weight, layer.down.bias);
}

}  // namespace

void ClipLayerWeights::visit(TensorVisitor& visitor, const ClipLayers& config, const std::string& prefix) {
    layers.resize(static_cast<std::size_t>(config.count));
    for (std::size_t index = 0; index < layers.size(); ++index) {
        auto& layer = layers[index];
        const auto in = prefix + std::to_string(index) + ".";
        const auto width = config.width;
        visitor.norm(in + "layer_norm1", width, layer.attentionNorm);
        visitor.linear(in + "self_attn.q_proj", width, width, layer.queries);
        visitor.linear(in + "self_attn.k_proj", width, width, layer.keys);
        visitor.linear(in + "self_attn.v_proj", width, width, layer.values);
        visitor.linear(in + "self_attn.out_proj", width, width, layer.output);
        visitor.norm(in + "layer_norm2", width, layer.mlpNorm);
        visitor.linear(in + "mlp.fc1", config.inner, width, layer.up);
        visitor.linear(in + "mlp.fc2", width, config.inner, layer.down);
    }
}

torch::Tensor clipNorm(const ClipLayers& config, const Affine& norm, const torch::Tensor& inputs) {
    return at::layer_norm(inputs, {config.width}, norm.weight, norm.bias, config.epsilon);
}

std::vector<torch::Tensor> clipStates(const ClipLayers& config, const ClipLayerWeights& weights,
                                      const torch::Tensor& inputs, const torch::Tensor& mask) {
    std::vector<torch::Tensor> states{inputs};
    for (const auto& layer : weights.layers) {
        const auto& before = states.back();
        const auto attention = before + attended(config, layer, clipNorm(config, layer.attentionNorm, before), mask);
        states.push_back(attention + fedForward(config, layer, clipNorm(config, layer.mlpNorm, attention)));
    }
    return states;
}

}  // namespace mergarium
