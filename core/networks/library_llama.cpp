#include "core/networks/library_llama.h"

#include "core/networks/attention.h"

#include <ATen/ATen.h>
#include <torch/types.h>

#include <algorithm>
#include <limits>

namespace mergarium {
namespace {

/// Tokens that go through all layers together, so that activations stay small beside the weights.
constexpr std::size_t kTokensPerPass = 8192;
/// Tokens whose logits over the whole vocabulary exist at the same time.
constexpr std::int64_t kTokensPerHead = 512;

torch::Tensor apply(const Linear& linear, const torch::Tensor& inputs) {
    return at::linear(inputs, linear.weight, linear.bias);
}

torch::Tensor rmsNorm(const torch::Tensor& inputs, const torch::Tensor& weight, double epsilon) {
    const auto values = inputs.to(torch::kFloat32);
    const auto factors = (values.square().mean(-1, /*keepdim=*/true) + epsilon).rsqrt();
    return (values * factors).to(inputs.scalar_type()) * weight;
}

torch::Tensor onDevice(const std::vector<std::int64_t>& values, torch::Device device) {
    return torch::tensor(values).to(device);
}

/// Where the tokens of a batch stand, as the operators need it. Tokens are packed [tokens]; only attention lays them
/// out as [pieces, longest], padded behind.
struct Batch {
    std::int64_t pieces = 0, longest = 0;
    /// Most keys that any piece sees.
    std::int64_t keys = 0;
    /// Rows 0, 1, 2, ... of the cache, so that no selection is needed.
    bool slotsInOrder = true;
    torch::Tensor tokens;
    /// Row of the cache of every piece.
    torch::Tensor slots;
    /// Place in the cache of every token: slot * capacity + position.
    torch::Tensor places;
    /// Packed token of every padded place, and padded place of every packed token.
    torch::Tensor packed, padded;
    /// [pieces, longest]
    torch::Tensor positions;
    /// fp32 [tokens, 1, headSize / 2]
    torch::Tensor cosines, sines;

    Batch(std::span<const Piece> all, const KeyValueCache& cache, const Rotary& rotary, torch::Device device);
    /// [pieces, 1, longest, keys]: 0 for what a token sees, -infinity for the rest.
    torch::Tensor mask(std::int64_t window, torch::ScalarType type) const;
};

Batch::Batch(std::span<const Piece> all, const KeyValueCache& cache, const Rotary& rotary, torch::Device device)
    : pieces(static_cast<std::int64_t>(all.size())) {
    for (const auto& piece : all) {
        const auto count = static_cast<std::int64_t>(piece.tokens.size());
        longest = std::max(longest, count);
        keys = std::max(keys, piece.position + count);
    }
    std::vector<std::int64_t> token, slot, place, packedOf, paddedOf, position;
    std::vector<float> packedPositions;
    for (const auto& piece : all) {
        const auto row = static_cast<std::int64_t>(slot.size());
        if (piece.slot != row) slotsInOrder = false;
        slot.push_back(piece.slot);
        const auto first = static_cast<std::int64_t>(token.size());
        const auto count = static_cast<std::int64_t>(piece.tokens.size());
        for (std::int64_t i = 0; i < longest; ++i) {
            packedOf.push_back(i < count ? first + i : first);
            position.push_back(i < count ? piece.position + i : piece.position);
            if (i >= count) continue;
            token.push_back(piece.tokens[static_cast<std::size_t>(i)]);
            place.push_back(piece.slot * cache.capacity + piece.position + i);
            paddedOf.push_back(row * longest + i);
            packedPositions.push_back(static_cast<float>(piece.position + i));
        }
    }
    tokens = onDevice(token, device);
    slots = onDevice(slot, device);
    places = onDevice(place, device);
    packed = onDevice(packedOf, device);
    padded = onDevice(paddedOf, device);
    positions = onDevice(position, device).view({pieces, longest});
    const auto angles =
        torch::tensor(packedPositions).to(device).view({-1, 1, 1}) * torch::tensor(rotary.frequencies).to(device);
    cosines = angles.cos() * rotary.scale;
    sines = angles.sin() * rotary.scale;
}

torch::Tensor Batch::mask(std::int64_t window, torch::ScalarType type) const {
    const auto own = positions.view({pieces, 1, longest, 1});
    const auto other = at::arange(keys, positions.options());
    auto hidden = other > own;
    if (window > 0) hidden = hidden.logical_or(other <= own - window);
    return at::zeros({pieces, 1, longest, keys}, positions.options().dtype(type))
        .masked_fill(hidden, -std::numeric_limits<double>::infinity());
}

/// Rotates [tokens, heads, headSize].
torch::Tensor rotate(const torch::Tensor& heads, const Batch& batch) {
    const auto halves = heads.to(torch::kFloat32).chunk(2, -1);
    return at::cat({halves[0] * batch.cosines - halves[1] * batch.sines,
                    halves[1] * batch.cosines + halves[0] * batch.sines},
                   -1)
        .to(heads.scalar_type());
}

/// Rows of a cache [slots, capacity, keyHeads, headSize] as [pieces, keyHeads, keys, headSize].
torch::Tensor seen(const torch::Tensor& cached, const Batch& batch) {
    const auto rows = batch.slotsInOrder ? cached.narrow(0, 0, batch.pieces) : cached.index_select(0, batch.slots);
    return rows.narrow(1, 0, batch.keys).transpose(1, 2);
}

/// Heads that share keys become further queries of one head, so that keys and values are never repeated.
torch::Tensor groupedAttention(const LlamaConfig& config, const torch::Tensor& queries, const torch::Tensor& keys,
                               const torch::Tensor& values, const torch::Tensor& mask, const Batch& batch) {
    const auto group = config.heads / config.keyHeads;
    const auto grouped = queries.index_select(0, batch.packed)
                             .view({batch.pieces, batch.longest, config.keyHeads, group, config.headSize})
                             .permute({0, 2, 3, 1, 4})
                             .reshape({batch.pieces, config.keyHeads, group * batch.longest, config.headSize});
    return attention(grouped, keys, values, mask)
        .view({batch.pieces, config.keyHeads, group, batch.longest, config.headSize})
        .permute({0, 3, 1, 2, 4})
        .reshape({batch.pieces * batch.longest, config.heads * config.headSize})
        .index_select(0, batch.padded);
}

/// The states [tokens, hidden] of a batch behind the last layer, not yet normalised.
torch::Tensor pass(const LlamaConfig& config, const LlamaWeights& weights, const Batch& batch, KeyValueCache& cache) {
    const auto type = weights.embedding.scalar_type();
    const auto group = config.heads / config.keyHeads;
    const auto everything = batch.mask(0, type).repeat({1, 1, group, 1});
    torch::Tensor windowed;

    auto states = weights.embedding.index_select(0, batch.tokens);
    const auto count = states.size(0);
    for (std::size_t index = 0; index < weights.layers.size(); ++index) {
        const auto& layer = weights.layers[index];
        auto normed = rmsNorm(states, layer.inputNorm, config.normEpsilon);
        auto queries = apply(layer.queries, normed).view({count, config.heads, config.headSize});
        auto keys = apply(layer.keys, normed).view({count, config.keyHeads, config.headSize});
        const auto values = apply(layer.values, normed).view({count, config.keyHeads, config.headSize});
        if (config.headNorms) {
            queries = rmsNorm(queries, layer.queryNorm, config.normEpsilon);
            keys = rmsNorm(keys, layer.keyNorm, config.normEpsilon);
        }
        cache.keys[index]
            .view({-1, config.keyHeads, config.headSize})
            .index_copy_(0, batch.places, rotate(keys, batch));
        cache.values[index].view({-1, config.keyHeads, config.headSize}).index_copy_(0, batch.places, values);

        const auto window = config.windowOf(static_cast<std::int64_t>(index));
        if (window > 0 && !windowed.defined()) windowed = batch.mask(window, type).repeat({1, 1, group, 1});
        states = states +
                 apply(layer.output,
                       groupedAttention(config, rotate(queries, batch), seen(cache.keys[index], batch),
                                        seen(cache.values[index], batch), window > 0 ? windowed : everything, batch));
        normed = rmsNorm(states, layer.mlpNorm, config.normEpsilon);
        states = states + apply(layer.down, at::silu(apply(layer.gate, normed)) * apply(layer.up, normed));
    }
    return states;
}

torch::Tensor logitsOf(const LlamaConfig& config, const LlamaWeights& weights, const torch::Tensor& states) {
    return at::linear(rmsNorm(states, weights.norm, config.normEpsilon), weights.head).to(torch::kFloat32);
}

std::vector<float> logProbabilitiesOf(const LlamaConfig& config, const LlamaWeights& weights,
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

KeyValueCache libraryCache(const LlamaConfig& config, const torch::TensorOptions& options, std::int64_t slots,
                           std::int64_t capacity) {
    KeyValueCache cache{.slots = slots, .capacity = capacity};
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        cache.keys.push_back(at::zeros({slots, capacity, config.keyHeads, config.headSize}, options));
        cache.values.push_back(at::zeros({slots, capacity, config.keyHeads, config.headSize}, options));
    }
    return cache;
}

PieceResults libraryForward(const LlamaConfig& config, const Rotary& rotary, const LlamaWeights& weights,
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
        const Batch batch(pieces.subspan(begin, end - begin), cache, rotary, device);
        const auto states = pass(config, weights, batch, cache);
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
        last.empty() ? at::empty({0, config.vocabulary}, torch::kFloat32) : logitsOf(config, weights, at::cat(last));
    return results;
}

}  // namespace mergarium
