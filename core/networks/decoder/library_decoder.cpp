#include "core/networks/decoder/library_decoder.h"

#include "core/networks/decoder/library_blocks.h"
#include "core/networks/decoder/library_mixers.h"

#include <ATen/ATen.h>
#include <torch/types.h>

#include <algorithm>
#include <variant>

namespace mergarium {
namespace {

/// Tokens that go through all layers together, so that activations stay small beside the weights.
constexpr std::size_t kTokensPerPass = 8192;
/// Tokens whose logits over the whole vocabulary exist at the same time.
constexpr std::int64_t kTokensPerHead = 512;

torch::ScalarType computedIn(torch::Device device, torch::ScalarType weights) {
    return device.is_cpu() ? torch::kFloat32 : weights;
}

torch::Tensor embedded(const torch::Tensor& weights, const torch::Tensor& rows) {
    return weights.index_select(0, rows).to(computedIn(weights.device(), weights.scalar_type()));
}

/// One pass of a batch through the network.
class Pass {
public:
    Pass(const DecoderConfig& config, const DecoderWeights& weights, Batch& batch, KeyValueCache& cache)
        : config_(config), weights_(weights), batch_(batch), cache_(cache) {}

    /// States [tokens, hidden] behind the last layer, not yet normalised.
    torch::Tensor run() {
        auto states = embedded(weights_.embedding, batch_.tokens);
        if (config_.embeddingScale != 1.0) states = states * config_.embeddingScale;
        if (weights_.positions.defined()) states = states + embedded(weights_.positions, batch_.packedPositions);
        for (std::size_t layer = 0; layer < weights_.layers.size(); ++layer) states = through(layer, states);
        return states;
    }

private:
    torch::Tensor through(std::size_t index, torch::Tensor states) {
        const auto& layer = weights_.layers[index];
        const auto normed = normalised(states, config_.norm, layer.attentionNorm);
        auto attended = normalised(mix(index, normed), config_.norm, layer.attentionOutputNorm);
        if (config_.parallel) {
            const auto inputs =
                layer.mlpNorm.weight.defined() ? normalised(states, config_.norm, layer.mlpNorm) : normed;
            return states + scaled(attended + feedForward(inputs, config_, layer));
        }
        states = states + scaled(attended);
        const auto fed = feedForward(normalised(states, config_.norm, layer.mlpNorm), config_, layer);
        return states + scaled(normalised(fed, config_.norm, layer.mlpOutputNorm));
    }

    torch::Tensor mix(std::size_t index, const torch::Tensor& inputs) {
        const LayerPass pass{.index = index,
                             .config = config_,
                             .layer = config_.layers[index],
                             .weights = weights_.layers[index],
                             .batch = batch_,
                             .cache = cache_};
        return product(pass.weights.output,
                       std::visit([&](const auto& mixer) { return mixed(mixer, pass, inputs); }, pass.layer.mixer));
    }

    torch::Tensor scaled(const torch::Tensor& added) const {
        return config_.residualScale == 1.0 ? added : added * config_.residualScale;
    }

    const DecoderConfig& config_;
    const DecoderWeights& weights_;
    Batch& batch_;
    KeyValueCache& cache_;
};

torch::Tensor logitsOf(const DecoderConfig& config, const DecoderWeights& weights, const torch::Tensor& states) {
    auto logits = product(weights.head, normalised(states, config.norm, weights.norm)).to(torch::kFloat32);
    if (config.logitScale != 1.0) logits = logits * config.logitScale;
    return config.logitCap ? softCapped(logits, *config.logitCap) : logits;
}

std::vector<float> logProbabilitiesOf(const DecoderConfig& config, const DecoderWeights& weights,
                                      const torch::Tensor& states, const std::vector<std::int64_t>& targets) {
    std::vector<float> values;
    const auto wanted = onDevice(targets, states.device());
    for (std::int64_t from = 0; from < states.size(0); from += kTokensPerHead) {
        const auto count = std::min(kTokensPerHead, states.size(0) - from);
        const auto all = logitsOf(config, weights, states.narrow(0, from, count)).log_softmax(-1);
        const auto some = all.gather(1, wanted.narrow(0, from, count).view({-1, 1})).contiguous().cpu();
        values.insert(values.end(), some.data_ptr<float>(), some.data_ptr<float>() + count);
    }
    return values;
}

}  // namespace

KeyValueCache libraryCache(const DecoderConfig& config, const torch::TensorOptions& options, std::int64_t slots,
                           std::int64_t capacity) {
    const auto count = config.layers.size();
    KeyValueCache cache{.keys = std::vector<torch::Tensor>(count),
                        .values = std::vector<torch::Tensor>(count),
                        .matrices = std::vector<torch::Tensor>(count),
                        .lastInputs = std::vector<torch::Tensor>(count),
                        .slots = slots,
                        .capacity = capacity};
    const auto type = computedIn(options.device(), c10::typeMetaToScalarType(options.dtype()));
    for (std::size_t layer = 0; layer < count; ++layer)
        std::visit([&](const auto& mixer) { makeRoom(mixer, layer, config, options.dtype(type), cache); },
                   config.layers[layer].mixer);
    return cache;
}

PieceResults libraryForward(const DecoderConfig& config, std::span<const Rotary> ropes, const DecoderWeights& weights,
                            std::span<const Piece> pieces, KeyValueCache& cache) {
    const auto device = weights.embedding.device();
    PieceResults results;
    std::vector<torch::Tensor> last;
    for (std::size_t begin = 0; begin < pieces.size();) {
        std::vector<std::int64_t> lastTokens, targetTokens, targets;
        std::vector<std::size_t> whose;
        std::size_t end = begin;
        std::size_t tokens = 0;
        for (; end < pieces.size() && (end == begin || tokens + pieces[end].tokens.size() <= kTokensPerPass); ++end) {
            const auto& piece = pieces[end];
            for (std::size_t i = 0; i < piece.targets.size(); ++i) {
                targetTokens.push_back(static_cast<std::int64_t>(tokens + i));
                targets.push_back(piece.targets[i]);
                whose.push_back(end);
            }
            tokens += piece.tokens.size();
            if (piece.logits) lastTokens.push_back(static_cast<std::int64_t>(tokens) - 1);
        }
        Batch batch(pieces.subspan(begin, end - begin), cache, ropes, device);
        const auto states = Pass(config, weights, batch, cache).run();
        if (!lastTokens.empty()) last.push_back(states.index_select(0, onDevice(lastTokens, device)));
        results.logProbabilities.resize(end);
        if (!targets.empty()) {
            const auto values =
                logProbabilitiesOf(config, weights, states.index_select(0, onDevice(targetTokens, device)), targets);
            for (std::size_t i = 0; i < values.size(); ++i) results.logProbabilities[whose[i]].push_back(values[i]);
        }
        begin = end;
    }
    results.logits =
        last.empty() ? at::empty({0, config.outputs()}, torch::kFloat32) : logitsOf(config, weights, at::cat(last));
    return results;
}

}  // namespace mergarium
