#include "core/networks/llama_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>
#include <stdexcept>

namespace mergarium {
namespace {

using Shape = std::vector<std::int64_t>;

/// Visits every tensor of a network in depth order: visit(name, shape, where its view goes). The one list of names and
/// shapes.
template <class Visit>
void forTensors(const LlamaConfig& config, LlamaWeights& weights, const Visit& visit) {
    const auto linear = [&](const std::string& name, std::int64_t outputs, std::int64_t inputs, bool bias, Linear& to) {
        visit(name + ".weight", Shape{outputs, inputs}, to.weight);
        if (bias) visit(name + ".bias", Shape{outputs}, to.bias);
    };
    const std::int64_t queries = config.heads * config.headSize;
    const std::int64_t keys = config.keyHeads * config.headSize;

    visit("model.embed_tokens.weight", Shape{config.vocabulary, config.hidden}, weights.embedding);
    weights.layers.resize(static_cast<std::size_t>(config.layers));
    for (std::size_t index = 0; index < weights.layers.size(); ++index) {
        auto& layer = weights.layers[index];
        const auto in = fmt::format("model.layers.{}.", index);
        visit(in + "input_layernorm.weight", Shape{config.hidden}, layer.inputNorm);
        linear(in + "self_attn.q_proj", queries, config.hidden, config.inputBias, layer.queries);
        linear(in + "self_attn.k_proj", keys, config.hidden, config.inputBias, layer.keys);
        linear(in + "self_attn.v_proj", keys, config.hidden, config.inputBias, layer.values);
        if (config.headNorms) {
            visit(in + "self_attn.q_norm.weight", Shape{config.headSize}, layer.queryNorm);
            visit(in + "self_attn.k_norm.weight", Shape{config.headSize}, layer.keyNorm);
        }
        linear(in + "self_attn.o_proj", config.hidden, queries, config.outputBias, layer.output);
        visit(in + "post_attention_layernorm.weight", Shape{config.hidden}, layer.mlpNorm);
        linear(in + "mlp.gate_proj", config.intermediate, config.hidden, config.mlpBias, layer.gate);
        linear(in + "mlp.up_proj", config.intermediate, config.hidden, config.mlpBias, layer.up);
        linear(in + "mlp.down_proj", config.hidden, config.intermediate, config.mlpBias, layer.down);
    }
    visit("model.norm.weight", Shape{config.hidden}, weights.norm);
    if (!config.tied) visit("lm_head.weight", Shape{config.vocabulary, config.hidden}, weights.head);
}

/// Tensors that some folders store and no network needs: the rotary frequencies, and the head of a tied one.
bool isIdle(const std::string& name, const LlamaConfig& config) {
    return name.ends_with(".rotary_emb.inv_freq") || (config.tied && name == "lm_head.weight");
}

std::map<std::string, const Layout::Tensor*> byName(const Layout& layout) {
    std::map<std::string, const Layout::Tensor*> stored;
    for (const auto& tensor : layout.tensors) stored.emplace(tensor.name, &tensor);
    for (const auto& frozen : layout.frozen) stored.emplace(frozen.tensor.name, &frozen.tensor);
    for (const auto& alias : layout.aliases)
        if (const auto of = stored.find(alias.of); of != stored.end()) stored.emplace(alias.name, of->second);
    return stored;
}

}  // namespace

Layout llamaLayout(const LlamaConfig& config) {
    Layout layout;
    LlamaWeights none;
    forTensors(config, none, [&](std::string name, Shape shape, torch::Tensor&) {
        layout.append(std::move(name), std::move(shape));
    });
    return layout;
}

LlamaWeights LlamaWeights::in(const torch::Tensor& flat, const LlamaConfig& config, const Layout& layout) {
    checkTensors(config, layout, "The layout");
    const auto stored = byName(layout);
    LlamaWeights weights;
    forTensors(config, weights, [&](const std::string& name, const Shape& shape, torch::Tensor& view) {
        const auto& tensor = *stored.at(name);
        view = flat.narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.count))
                   .view(shape);
    });
    if (config.tied) weights.head = weights.embedding;
    return weights;
}

void checkTensors(const LlamaConfig& config, const Layout& layout, std::string_view source) {
    const auto stored = byName(layout);
    std::set<const Layout::Tensor*> used;
    LlamaWeights none;
    forTensors(config, none, [&](const std::string& name, const Shape& shape, torch::Tensor&) {
        const auto found = stored.find(name);
        if (found == stored.end())
            throw std::runtime_error(
                fmt::format("{}: the tensor {} is missing, which config.json asks for.", source, name));
        const auto& tensor = *found->second;
        if (!isFloating(tensor.dtype))
            throw std::runtime_error(fmt::format("{}: the tensor {} is {}, where floating numbers are needed.", source,
                                                 name, nameOf(tensor.dtype)));
        if (tensor.shape != shape)
            throw std::runtime_error(
                fmt::format("{}: the tensor {} has the shape [{}], where config.json asks for [{}].", source, name,
                            fmt::join(tensor.shape, ", "), fmt::join(shape, ", ")));
        used.insert(&tensor);
    });
    for (const auto& [name, tensor] : stored)
        if (!used.contains(tensor) && !isIdle(name, config))
            throw std::runtime_error(
                fmt::format("{}: the tensor {} is unknown to the network that config.json describes.", source, name));
}

}  // namespace mergarium
