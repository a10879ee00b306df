#include "core/networks/decoder/library_decoder.h"

#include "core/networks/attention.h"
#include "core/networks/decoder/library_blocks.h"

#include <ATen/ATen.h>
#include <torch/types.h>

#include <algorithm>
#include <limits>
#include <map>

namespace mergarium {
namespace {

/// Tokens that go through all layers together, so that activations stay small beside the weights.
constexpr std::size_t kTokensPerPass = 8192;
/// Tokens whose logits over the whole vocabulary exist at the same time.
constexpr std::int64_t kTokensPerHead = 512;

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
    /// In its text, of every token.
    torch::Tensor packedPositions;
    /// Per rotary embedding fp32 [tokens, 1, rotated / 2].
    std::vector<torch::Tensor> cosines, sines;

    Batch(std::span<const Piece> all, const KeyValueCache& cache, std::span<const Rotary> ropes, torch::Device device);
    /// [pieces, 1, longest, keys]: 0 for what a token sees, -infinity for the rest.
    torch::Tensor mask(std::int64_t window, torch::ScalarType type) const;
};

Batch::Batch(std::span<const Piece> all, const KeyValueCache& cache, std::span<const Rotary> ropes,
             torch::Device device)
    : pieces(static_cast<std::int64_t>(all.size())) {
    for (const auto& piece : all) {
        const auto count = static_cast<std::int64_t>(piece.tokens.size());
        longest = std::max(longest, count);
        keys = std::max(keys, piece.position + count);
    }
    std::vector<std::int64_t> token, slot, place, packedOf, paddedOf, position, packedPosition;
    std::vector<std::size_t> piecesOfTokens;
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
            packedPosition.push_back(piece.position + i);
            piecesOfTokens.push_back(static_cast<std::size_t>(row));
        }
    }
    tokens = onDevice(token, device);
    slots = onDevice(slot, device);
    places = onDevice(place, device);
    packed = onDevice(packedOf, device);
    padded = onDevice(paddedOf, device);
    positions = onDevice(position, device).view({pieces, longest});
    packedPositions = onDevice(packedPosition, device);
    for (const auto& rope : ropes) {
        std::vector<float> frequencies;
        for (const auto piece : rope.shortest > 0 ? piecesOfTokens : std::vector<std::size_t>{0}) {
            const auto& those = rope.frequenciesFor(all[piece].textLength());
            frequencies.insert(frequencies.end(), those.begin(), those.end());
        }
        const auto pairs = static_cast<std::int64_t>(rope.frequencies.size());
        const auto angles = packedPositions.to(torch::kFloat32).view({-1, 1, 1}) *
                            torch::tensor(frequencies).to(device).view({-1, 1, pairs});
        cosines.push_back(angles.cos() * rope.scale);
        sines.push_back(angles.sin() * rope.scale);
    }
}

torch::Tensor Batch::mask(std::int64_t window, torch::ScalarType type) const {
    const auto own = positions.view({pieces, 1, longest, 1});
    const auto other = at::arange(keys, positions.options());
    auto hidden = other > own;
    if (window > 0) hidden = hidden.logical_or(other <= own - window);
    return at::zeros({pieces, 1, longest, keys}, positions.options().dtype(type))
        .masked_fill(hidden, -std::numeric_limits<double>::infinity());
}

/// Rotates the first numbers of heads [tokens, heads, headSize].
torch::Tensor rotate(const torch::Tensor& heads, const DecoderConfig& config, const DecoderLayer& layer,
                     const Batch& batch) {
    if (!layer.rope) return heads;
    const auto& cosines = batch.cosines[*layer.rope];
    const auto& sines = batch.sines[*layer.rope];
    const auto turned = heads.narrow(-1, 0, config.rotated).to(torch::kFloat32);
    const auto still = heads.narrow(-1, config.rotated, config.headSize - config.rotated);
    const auto pairs = config.ropePairs == RopePairs::Halves ? turned.unflatten(-1, {2, -1}).transpose(-1, -2)
                                                             : turned.unflatten(-1, {-1, 2});
    const auto first = pairs.select(-1, 0), second = pairs.select(-1, 1);
    const auto rotated = at::stack({first * cosines - second * sines, second * cosines + first * sines}, -1);
    const auto back = config.ropePairs == RopePairs::Halves ? rotated.transpose(-1, -2) : rotated;
    return at::cat({back.flatten(-2).to(heads.scalar_type()), still}, -1);
}

/// Rows of a cache [slots, capacity, keyHeads, headSize] as [pieces, keyHeads, keys, headSize].
torch::Tensor seen(const torch::Tensor& cached, const Batch& batch) {
    const auto rows = batch.slotsInOrder ? cached.narrow(0, 0, batch.pieces) : cached.index_select(0, batch.slots);
    return rows.narrow(1, 0, batch.keys).transpose(1, 2);
}

/// Heads that share keys become further queries of one head, so that keys and values are never repeated.
torch::Tensor groupedAttention(const DecoderConfig& config, const DecoderLayer& layer, const torch::Tensor& queries,
                               const torch::Tensor& keys, const torch::Tensor& values, const torch::Tensor& mask,
                               const Batch& batch) {
    const auto group = config.heads / config.keyHeads;
    const auto grouped = queries.index_select(0, batch.packed)
                             .view({batch.pieces, batch.longest, config.keyHeads, group, config.headSize})
                             .permute({0, 2, 3, 1, 4})
                             .reshape({batch.pieces, config.keyHeads, group * batch.longest, config.headSize});
    return attention(grouped, keys, values, mask, {.scale = layer.scoreScale, .cap = config.scoreCap})
        .view({batch.pieces, config.keyHeads, group, batch.longest, config.headSize})
        .permute({0, 3, 1, 2, 4})
        .reshape({batch.pieces * batch.longest, config.heads * config.headSize})
        .index_select(0, batch.padded);
}

/// One pass of a batch through the network.
class Pass {
public:
    Pass(const DecoderConfig& config, const DecoderWeights& weights, const Batch& batch, KeyValueCache& cache)
        : config_(config), weights_(weights), batch_(batch), cache_(cache) {}

    /// States [tokens, hidden] behind the last layer, not yet normalised.
    torch::Tensor run() {
        auto states = weights_.embedding.index_select(0, batch_.tokens);
        if (config_.embeddingScale != 1.0) states = states * config_.embeddingScale;
        if (weights_.positions.defined()) states = states + weights_.positions.index_select(0, batch_.packedPositions);
        for (std::size_t layer = 0; layer < weights_.layers.size(); ++layer) states = through(layer, states);
        return states;
    }

private:
    torch::Tensor through(std::size_t index, torch::Tensor states) {
        const auto& layer = weights_.layers[index];
        const auto normed = normalised(states, config_.norm, layer.attentionNorm);
        auto attended = normalised(attend(index, normed), config_.norm, layer.attentionOutputNorm);
        if (config_.parallel) {
            const auto inputs =
                layer.mlpNorm.weight.defined() ? normalised(states, config_.norm, layer.mlpNorm) : normed;
            return states + scaled(attended + feedForward(inputs, config_, layer));
        }
        states = states + scaled(attended);
        const auto fed = feedForward(normalised(states, config_.norm, layer.mlpNorm), config_, layer);
        return states + scaled(normalised(fed, config_.norm, layer.mlpOutputNorm));
    }

    torch::Tensor attend(std::size_t index, const torch::Tensor& inputs) {
        const auto& kind = config_.layers[index];
        const auto heads = projected(inputs, config_, weights_.layers[index]);
        const auto rows = [&](torch::Tensor& cached) { return cached.view({-1, config_.keyHeads, config_.headSize}); };
        rows(cache_.keys[index]).index_copy_(0, batch_.places, rotate(heads.keys, config_, kind, batch_));
        rows(cache_.values[index]).index_copy_(0, batch_.places, heads.values);
        return product(weights_.layers[index].output,
                       groupedAttention(config_, kind, rotate(heads.queries, config_, kind, batch_),
                                        seen(cache_.keys[index], batch_), seen(cache_.values[index], batch_),
                                        mask(kind.window), batch_));
    }

    torch::Tensor scaled(const torch::Tensor& added) const {
        return config_.residualScale == 1.0 ? added : added * config_.residualScale;
    }

    const torch::Tensor& mask(std::int64_t window) {
        auto& mask = masks_[window];
        if (!mask.defined())
            mask = batch_.mask(window, weights_.embedding.scalar_type())
                       .repeat({1, 1, config_.heads / config_.keyHeads, 1});
        return mask;
    }

    const DecoderConfig& config_;
    const DecoderWeights& weights_;
    const Batch& batch_;
    KeyValueCache& cache_;
    /// By window.
    std::map<std::int64_t, torch::Tensor> masks_;
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
    KeyValueCache cache{.slots = slots, .capacity = capacity};
    for (std::size_t layer = 0; layer < config.layers.size(); ++layer) {
        cache.keys.push_back(at::zeros({slots, capacity, config.keyHeads, config.headSize}, options));
        cache.values.push_back(at::zeros({slots, capacity, config.keyHeads, config.headSize}, options));
    }
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
        const Batch batch(pieces.subspan(begin, end - begin), cache, ropes, device);
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
