#include "core/networks/decoder/decoder_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace mergarium {
namespace {

using Shape = std::vector<std::int64_t>;

/// Visits every tensor of a network in depth order: visit(name, shape, where its view goes). The one list of names and
/// shapes.
template <class Visit>
class Walk {
public:
    Walk(const DecoderConfig& config, const Visit& visit) : config_(config), names_(config.names), visit_(visit) {}

    void over(DecoderWeights& weights) const {
        visit_(config_.nameOf(names_.embedding) + ".weight", Shape{config_.vocabulary, config_.hidden},
               weights.embedding);
        if (config_.positions > 0)
            visit_(config_.nameOf(names_.positions) + ".weight", Shape{config_.positions, config_.hidden},
                   weights.positions);
        weights.layers.resize(config_.layers.size());
        for (std::size_t index = 0; index < weights.layers.size(); ++index)
            layer(config_.nameOf(fmt::format("{}{}.", names_.layers, index)), config_.layers[index],
                  weights.layers[index]);
        norm(config_.nameOf(""), names_.norm, config_.norm, Shape{config_.hidden}, weights.norm);
        if (!config_.tied)
            visit_(names_.head + ".weight", Shape{config_.outputs(), config_.hidden}, weights.head.weight);
        if (config_.headBias) visit_(names_.head + ".bias", Shape{config_.vocabulary}, weights.head.bias);
    }

private:
    void linear(const std::string& name, std::int64_t outputs, std::int64_t inputs, bool bias, Linear& to) const {
        visit_(name + ".weight", config_.transposed ? Shape{inputs, outputs} : Shape{outputs, inputs}, to.weight);
        if (bias) visit_(name + ".bias", Shape{outputs}, to.bias);
    }

    void norm(const std::string& in, const std::string& name, const NormConfig& config, const Shape& shape,
              NormWeights& to) const {
        if (name.empty()) return;
        visit_(in + name + ".weight", shape, to.weight);
        if (config.bias) visit_(in + name + ".bias", shape, to.bias);
    }

    void headNorm(const std::string& in, const std::string& name, std::int64_t heads,
                  std::vector<NormWeights>& to) const {
        if (config_.headNorms == HeadNorms::None) return;
        const auto size = config_.headSize;
        const auto number = name.find("{}");
        if (number == name.npos) {
            const auto shape = config_.headNorms == HeadNorms::Shared  ? Shape{size}
                               : config_.headNorms == HeadNorms::Whole ? Shape{heads * size}
                                                                       : Shape{heads, size};
            return norm(in, name, config_.headNorm, shape, to.emplace_back());
        }
        to.resize(static_cast<std::size_t>(heads));
        for (std::size_t head = 0; head < to.size(); ++head)
            norm(in, name.substr(0, number) + std::to_string(head) + name.substr(number + 2), config_.headNorm,
                 Shape{size}, to[head]);
    }

    void mixer(const std::string& in, const Attention& attention, DecoderWeights::Layer& to) const {
        const auto queries = config_.heads * config_.headSize;
        const auto keys = config_.keyHeads * config_.headSize;
        const bool apart = config_.projections == Projections::Apart;
        if (apart)
            linear(in + names_.queries, (attention.gated ? 2 : 1) * queries, config_.hidden, config_.inputBias,
                   to.queries);
        else
            linear(in + names_.joined, queries + 2 * keys, config_.hidden, config_.inputBias, to.joined);
        headNorm(in, names_.queryNorm, config_.heads, to.queryNorm);
        if (apart) linear(in + names_.keys, keys, config_.hidden, config_.inputBias, to.keys);
        headNorm(in, names_.keyNorm, config_.keyHeads, to.keyNorm);
        if (apart) linear(in + names_.values, keys, config_.hidden, config_.inputBias, to.values);
        linear(in + names_.output, config_.hidden, queries, config_.outputBias, to.output);
    }

    void mixer(const std::string& in, const LatentAttention& attention, DecoderWeights::Layer& to) const {
        const auto& names = names_.latent;
        auto& latent = to.latent;
        const NormConfig norms;
        const auto queries = config_.heads * (attention.plainSize + attention.rotatedSize);
        if (attention.queryRank == 0) {
            linear(in + names_.queries, queries, config_.hidden, false, latent.queries);
        } else {
            linear(in + names.queryLatent, attention.queryRank, config_.hidden, false, latent.queryLatent);
            norm(in, names.queryNorm, norms, Shape{attention.queryRank}, latent.queryNorm);
            linear(in + names.queries, queries, attention.queryRank, false, latent.queries);
        }
        linear(in + names.keyLatent, attention.keyRank + attention.rotatedSize, config_.hidden, false,
               latent.keyLatent);
        norm(in, names.keyNorm, norms, Shape{attention.keyRank}, latent.keyNorm);
        linear(in + names.keysAndValues, config_.heads * (attention.plainSize + attention.valueSize), attention.keyRank,
               false, latent.keysAndValues);
        linear(in + names_.output, config_.hidden, config_.heads * attention.valueSize, false, to.output);
    }

    void mixer(const std::string& in, const DeltaRule& rule, DecoderWeights::Layer& to) const {
        const auto& names = names_.deltaRule;
        auto& delta = to.deltaRule;
        const auto values = rule.valueHeads * rule.valueSize;
        const auto from = config_.hidden;
        if (rule.byKeyHead) {
            linear(in + names.joined, rule.channels() + values, from, false, delta.inputs);
            linear(in + names.joinedRates, 2 * rule.valueHeads, from, false, delta.written);
        } else {
            linear(in + names.inputs, rule.channels(), from, false, delta.inputs);
            linear(in + names.gates, values, from, false, delta.gates);
            linear(in + names.forgotten, rule.valueHeads, from, false, delta.forgotten);
            linear(in + names.written, rule.valueHeads, from, false, delta.written);
        }
        visit_(in + names.convolution + ".weight", Shape{rule.channels(), 1, rule.convolution}, delta.convolution);
        visit_(in + names.rateLogarithms, Shape{rule.valueHeads}, delta.rateLogarithms);
        visit_(in + names.rateBias, Shape{rule.valueHeads}, delta.rateBias);
        norm(in, names.norm, NormConfig(), Shape{rule.valueSize}, delta.norm);
        linear(in + names.output, from, values, false, to.output);
    }

    void perceptron(const std::string& gate, const std::string& up, const std::string& down, std::int64_t width,
                    MlpWeights& to) const {
        if (!gate.empty()) linear(gate, width, config_.hidden, config_.mlpBias, to.gate);
        linear(up, width, config_.hidden, config_.mlpBias, to.up);
        linear(down, config_.hidden, width, config_.mlpBias, to.down);
    }

    void mlp(const std::string& in, MlpWeights& to) const {
        if (names_.gateUp.empty())
            return perceptron(names_.gate.empty() ? "" : in + names_.gate, in + names_.up, in + names_.down,
                              config_.intermediate, to);
        linear(in + names_.gateUp, 2 * config_.intermediate, config_.hidden, config_.mlpBias, to.gate);
        linear(in + names_.down, config_.hidden, config_.intermediate, config_.mlpBias, to.down);
    }

    void expert(const std::string& in, std::int64_t width, MlpWeights& to) const {
        perceptron(in + names_.expertGate, in + names_.expertUp, in + names_.expertDown, width, to);
    }

    void experts(const std::string& in, DecoderWeights::Layer& to) const {
        linear(in + names_.router, config_.experts.count, config_.hidden, false, to.router);
        to.experts.resize(static_cast<std::size_t>(config_.experts.count));
        for (std::size_t index = 0; index < to.experts.size(); ++index)
            expert(fmt::format("{}{}{}.", in, names_.experts, index), config_.experts.intermediate, to.experts[index]);
        if (config_.experts.sharedIntermediate == 0) return;
        expert(in + names_.sharedExpert, config_.experts.sharedIntermediate, to.sharedExpert);
        if (!names_.sharedGate.empty()) linear(in + names_.sharedGate, 1, config_.hidden, false, to.sharedGate);
    }

    void layer(const std::string& in, const DecoderLayer& config, DecoderWeights::Layer& to) const {
        const Shape shape{config_.hidden};
        norm(in, names_.attentionNorm, config_.norm, shape, to.attentionNorm);
        std::visit([&](const auto& one) { mixer(in, one, to); }, config.mixer);
        norm(in, names_.attentionOutputNorm, config_.norm, shape, to.attentionOutputNorm);
        norm(in, names_.mlpNorm, config_.norm, shape, to.mlpNorm);
        config.experts ? experts(in, to) : mlp(in, to.mlp);
        norm(in, names_.mlpOutputNorm, config_.norm, shape, to.mlpOutputNorm);
    }

    const DecoderConfig& config_;
    const DecoderNames& names_;
    const Visit& visit_;
};

template <class Visit>
void forTensors(const DecoderConfig& config, DecoderWeights& weights, const Visit& visit) {
    Walk<Visit>(config, visit).over(weights);
}

/// What is joined is taken apart where its parts are views.
void takeApart(const DecoderConfig& config, DecoderWeights::Layer& layer) {
    if (config.projections == Projections::Joined && layer.joined.weight.defined()) {
        const auto queries = config.heads * config.headSize;
        const auto keys = config.keyHeads * config.headSize;
        layer.queries = layer.joined.rows(0, queries);
        layer.keys = layer.joined.rows(queries, keys);
        layer.values = layer.joined.rows(queries + keys, keys);
        layer.joined = {};
    }
    if (!config.names.gateUp.empty() && layer.mlp.gate.weight.defined()) {
        const auto both = layer.mlp.gate;
        layer.mlp.gate = both.rows(0, config.intermediate);
        layer.mlp.up = both.rows(config.intermediate, config.intermediate);
    }
}

bool isIdle(const std::string& name, const DecoderConfig& config) {
    return std::ranges::any_of(config.names.idle, [&](const auto& end) { return name.ends_with(end); }) ||
           std::ranges::any_of(config.names.idleParts, [&](const auto& part) { return name.starts_with(part); }) ||
           (config.tied && name == config.names.head + ".weight");
}

std::map<std::string, const Layout::Tensor*> byName(const Layout& layout) {
    std::map<std::string, const Layout::Tensor*> stored;
    for (const auto& tensor : layout.tensors) stored.emplace(tensor.name, &tensor);
    for (const auto& frozen : layout.frozen) stored.emplace(frozen.tensor.name, &frozen.tensor);
    for (const auto& alias : layout.aliases)
        if (const auto of = stored.find(alias.of); of != stored.end()) stored.emplace(alias.name, of->second);
    return stored;
}

bool isMatrixOfLayer(const std::string& name, const DecoderConfig& config) {
    return name.starts_with(config.nameOf(config.names.layers));
}

}  // namespace

Linear Linear::rows(std::int64_t first, std::int64_t count) const {
    return {.weight = weight.narrow(0, first, count),
            .bias = bias.defined() ? bias.narrow(0, first, count) : torch::Tensor()};
}

Layout decoderLayout(const DecoderConfig& config) {
    Layout layout;
    DecoderWeights none;
    forTensors(config, none, [&](std::string name, Shape shape, torch::Tensor&) {
        layout.append(std::move(name), std::move(shape));
    });
    return layout;
}

DecoderWeights DecoderWeights::in(const torch::Tensor& flat, const DecoderConfig& config, const Layout& layout) {
    checkTensors(config, layout, "The layout");
    const auto stored = byName(layout);
    DecoderWeights weights;
    forTensors(config, weights, [&](const std::string& name, const Shape& shape, torch::Tensor& view) {
        const auto& tensor = *stored.at(name);
        view = flat.narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.count))
                   .view(shape);
        if (config.transposed && shape.size() == 2 && isMatrixOfLayer(name, config)) view = view.t();
    });
    for (auto& layer : weights.layers) takeApart(config, layer);
    if (config.tied) weights.head.weight = weights.embedding;
    return weights;
}

void checkTensors(const DecoderConfig& config, const Layout& layout, std::string_view source) {
    const auto stored = byName(layout);
    std::set<const Layout::Tensor*> used;
    DecoderWeights none;
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
    if (config.isPart) return;
    for (const auto& [name, tensor] : stored)
        if (!used.contains(tensor) && !isIdle(name, config))
            throw std::runtime_error(
                fmt::format("{}: the tensor {} is unknown to the network that config.json describes.", source, name));
}

}  // namespace mergarium
