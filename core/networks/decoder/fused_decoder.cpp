#include "core/networks/decoder/fused_decoder.h"

#include "core/networks/decoder/chosen_experts.h"

#include <ATen/Parallel.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mergarium {
namespace {

/// Tokens that go through all layers together: enough to make a pass over the weights worth it, few enough for their
/// states to stay in the cache.
constexpr std::size_t kTokensPerPass = 768;

/// Some tokens of others, in order.
void gather(const TokenBlocks& from, std::span<const std::size_t> tokens, TokenBlocks& to, std::size_t first) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const float* source = from.at(0, tokens[i]);
        float* target = to.at(0, first + i);
        const std::size_t step = from.width(tokens[i] / TokenBlocks::kWidth);
        const std::size_t width = to.width((first + i) / TokenBlocks::kWidth);
        for (std::size_t feature = 0; feature < from.features(); ++feature)
            target[feature * width] = source[feature * step];
    }
}

/// to[tokens[i]] += shares[i] * from[i]
void scatterAdd(const TokenBlocks& from, std::span<const std::size_t> tokens, std::span<const float> shares,
                TokenBlocks& to) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const float* source = from.at(0, i);
        float* target = to.at(0, tokens[i]);
        const std::size_t step = from.width(i / TokenBlocks::kWidth);
        const std::size_t width = to.width(tokens[i] / TokenBlocks::kWidth);
        for (std::size_t feature = 0; feature < from.features(); ++feature)
            target[feature * width] += shares[i] * source[feature * step];
    }
}

/// Columns without a token hold zeros, lest they hold what slows arithmetic down.
void clear(TokenBlocks& blocks) {
    for (std::size_t block = 0; block < blocks.blocks(); ++block)
        std::fill_n(blocks.block(block), blocks.features() * blocks.width(block), 0.0F);
}

}  // namespace

bool FusedDecoder::computes(const DecoderConfig& config) {
    return std::ranges::all_of(config.layers,
                               [](const DecoderLayer& layer) { return layer.mixer == Mixer(Attention()); });
}

FusedDecoder::FusedDecoder(const DecoderConfig& config, std::vector<Rotary> ropes, const DecoderWeights& weights)
    : config_(config),
      valueSize_((static_cast<std::size_t>(config.headSize) + kVectorWidth - 1) / kVectorWidth * kVectorWidth),
      ropes_(std::move(ropes)),
      weights_(config, weights),
      turns_(ropes_.size()) {}

KeyValueCache FusedDecoder::cache(std::int64_t slots, std::int64_t capacity) const {
    const auto whole = (capacity + static_cast<std::int64_t>(kVectorWidth) - 1) /
                       static_cast<std::int64_t>(kVectorWidth) * static_cast<std::int64_t>(kVectorWidth);
    KeyValueCache cache{.slots = slots, .capacity = whole};
    for (std::size_t layer = 0; layer < weights_.layers.size(); ++layer) {
        cache.keys.push_back(at::zeros({slots, config_.keyHeads, config_.headSize, whole}, torch::kFloat32));
        cache.values.push_back(
            at::zeros({slots, config_.keyHeads, whole, static_cast<std::int64_t>(valueSize_)}, torch::kFloat32));
    }
    return cache;
}

void FusedDecoder::embed(std::span<const Piece> pieces) {
    const auto scale = static_cast<float>(config_.embeddingScale);
    std::vector<float> row(states_.features()), place(states_.features(), 0.0F);
    std::size_t at = 0;
    for (const auto& piece : pieces)
        for (std::size_t i = 0; i < piece.tokens.size(); ++i, ++at) {
            readRow(weights_.embedding, static_cast<std::size_t>(piece.tokens[i]), row.data());
            if (weights_.positions)
                readRow(weights_.positions, static_cast<std::size_t>(piece.position) + i, place.data());
            float* to = states_.at(0, at);
            const std::size_t width = states_.width(at / TokenBlocks::kWidth);
            for (std::size_t feature = 0; feature < row.size(); ++feature)
                to[feature * width] = scale * row[feature] + place[feature];
        }
}

void FusedDecoder::turn(std::span<const Piece> pieces) {
    const auto half = static_cast<std::size_t>(config_.rotated / 2);
    for (std::size_t rope = 0; rope < ropes_.size(); ++rope) {
        std::size_t at = 0;
        for (const auto& piece : pieces) {
            const auto& frequencies = ropes_[rope].frequenciesFor(piece.textLength());
            for (std::size_t i = 0; i < piece.tokens.size(); ++i, ++at) {
                const auto position = static_cast<float>(static_cast<std::size_t>(piece.position) + i);
                float* to = turns_[rope].at(0, at);
                const std::size_t width = turns_[rope].width(at / TokenBlocks::kWidth);
                for (std::size_t wave = 0; wave < half; ++wave) {
                    const float angle = position * frequencies[wave];
                    to[wave * width] = ropes_[rope].scale * std::cos(angle);
                    to[(wave + half) * width] = ropes_[rope].scale * std::sin(angle);
                }
            }
        }
    }
}

void FusedDecoder::project(const FusedWeights::Layer& layer, const TokenBlocks& inputs) {
    multiply(layer.projections, inputs, projected_);
    const std::size_t queries = layer.attention.heads * layer.attention.headSize;
    if (layer.queryNorm) {
        normaliseSome(layer.queryNorm, 0, queries, projected_);
        normaliseSome(layer.keyNorm, queries, layer.attention.keyHeads * layer.attention.headSize, projected_);
    }
    if (config_.projectionLimit) clampTo(static_cast<float>(*config_.projectionLimit), projected_);
}

void FusedDecoder::addBranch(const Matrix& matrix, const NormShape& norm, const TokenBlocks& inputs) {
    if (!norm && config_.residualScale == 1.0) return multiplyAdd(matrix, inputs, states_);
    branch_.reshape(matrix.outputs, inputs.tokens());
    multiply({&matrix, 1}, inputs, branch_);
    if (norm) normalise(norm, branch_, branch_);
    addScaled(branch_, static_cast<float>(config_.residualScale), states_);
}

void FusedDecoder::mixExperts(const FusedWeights::Layer& layer, const TokenBlocks& inputs) {
    const auto count = layer.experts.size();
    std::vector<float> scores(inputs.tokens() * count);
    multiplyToRows(layer.router, inputs, scores.data());
    const auto chosen = chosenExperts(config_.experts, scores);

    branch_.reshape(inputs.features(), inputs.tokens());
    clear(branch_);
    TokenBlocks output;
    const auto add = [&](const FusedWeights::Mlp& expert, std::span<const std::size_t> tokens,
                         std::span<const float> shares) {
        someStates_.reshape(inputs.features(), tokens.size());
        clear(someStates_);
        gather(inputs, tokens, someStates_, 0);
        gated_.reshape(expert.up.outputs, tokens.size());
        multiplyGated(expert.gate, expert.up, config_.activation, someStates_, gated_);
        output.reshape(inputs.features(), tokens.size());
        multiply({&expert.down, 1}, gated_, output);
        scatterAdd(output, tokens, shares, branch_);
    };
    for (std::size_t expert = 0; expert < count; ++expert)
        if (!chosen[expert].tokens.empty()) add(layer.experts[expert], chosen[expert].tokens, chosen[expert].shares);
    if (layer.sharedExpert.up) {
        std::vector<std::size_t> tokens(inputs.tokens());
        std::iota(tokens.begin(), tokens.end(), std::size_t{0});
        std::vector<float> shares(inputs.tokens(), 1.0F);
        if (layer.sharedGate) {
            multiplyToRows(layer.sharedGate, inputs, shares.data());
            for (float& share : shares) share = 1.0F / (1.0F + std::exp(-share));
        }
        add(layer.sharedExpert, tokens, shares);
    }
    if (layer.mlpOutputNorm) normalise(layer.mlpOutputNorm, branch_, branch_);
    addScaled(branch_, static_cast<float>(config_.residualScale), states_);
}

void FusedDecoder::feedForward(const FusedWeights::Layer& layer, const TokenBlocks& inputs) {
    if (!layer.experts.empty()) return mixExperts(layer, inputs);
    gated_.reshape(layer.mlp.up.outputs, inputs.tokens());
    multiplyGated(layer.mlp.gate, layer.mlp.up, config_.activation, inputs, gated_);
    addBranch(layer.mlp.down, layer.mlpOutputNorm, gated_);
}

void FusedDecoder::pass(std::span<const Piece> pieces, KeyValueCache& cache) {
    std::size_t tokens = 0;
    for (const auto& piece : pieces) tokens += piece.tokens.size();
    const auto& shape = weights_.layers.front().attention;
    states_.reshape(weights_.embedding.inputs, tokens);
    projected_.reshape((shape.heads + 2 * shape.keyHeads) * shape.headSize, tokens);
    mixed_.reshape(shape.heads * shape.headSize, tokens);
    clear(states_);
    clear(mixed_);
    for (auto& turns : turns_) {
        turns.reshape(static_cast<std::size_t>(config_.rotated), tokens);
        clear(turns);
    }
    embed(pieces);
    turn(pieces);

    const auto normed = [&](const NormShape& norm, TokenBlocks& to) -> const TokenBlocks& {
        if (!norm) return states_;
        normalise(norm, states_, to);
        return to;
    };
    const TokenBlocks unturned;
    for (std::size_t index = 0; index < weights_.layers.size(); ++index) {
        const auto& layer = weights_.layers[index];
        const auto& inputs = normed(layer.attentionNorm, normed_);
        project(layer, inputs);
        attend(layer.attention, pieces, projected_, layer.rope ? turns_[*layer.rope] : unturned,
               {.keys = cache.keys[index].data_ptr<float>(),
                .values = cache.values[index].data_ptr<float>(),
                .capacity = static_cast<std::size_t>(cache.capacity),
                .valueSize = valueSize_},
               mixed_);
        if (config_.parallel) {
            const auto& others = layer.mlpNorm ? normed(layer.mlpNorm, otherNormed_) : inputs;
            addBranch(layer.output, layer.attentionOutputNorm, mixed_);
            feedForward(layer, others);
        } else {
            addBranch(layer.output, layer.attentionOutputNorm, mixed_);
            feedForward(layer, normed(layer.mlpNorm, normed_));
        }
    }
}

PieceResults FusedDecoder::forward(std::span<const Piece> pieces, KeyValueCache& cache) {
    weights_.refresh();
    PieceResults results;
    results.logProbabilities.resize(pieces.size());
    const auto wanted = static_cast<std::size_t>(
        std::count_if(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.logits; }));
    TokenBlocks last(weights_.embedding.inputs, wanted);
    clear(last);
    std::size_t lastCount = 0;
    const auto logitScale = static_cast<float>(config_.logitScale);
    const auto logitCap = static_cast<float>(config_.logitCap.value_or(0.0));

    std::size_t next = 0;  // piece
    std::size_t done = 0;  // of its tokens
    while (next < pieces.size()) {
        // Whole pieces and parts of pieces, up to the number of tokens of a pass.
        std::vector<Piece> part;
        std::vector<std::size_t> whose, lastTokens, targetTokens;
        std::vector<std::int32_t> targets;
        for (std::size_t tokens = 0; next < pieces.size() && tokens < kTokensPerPass;) {
            const auto& piece = pieces[next];
            const std::size_t count = std::min(piece.tokens.size() - done, kTokensPerPass - tokens);
            part.push_back({.slot = piece.slot,
                            .position = piece.position + static_cast<std::int64_t>(done),
                            .tokens = piece.tokens.subspan(done, count),
                            .expectedLength = piece.textLength()});
            for (std::size_t i = done; i < std::min(done + count, piece.targets.size()); ++i) {
                targetTokens.push_back(tokens + i - done);
                targets.push_back(piece.targets[i]);
                whose.push_back(next);
            }
            tokens += count;
            done += count;
            if (done < piece.tokens.size()) continue;
            if (piece.logits) lastTokens.push_back(tokens - 1);
            ++next;
            done = 0;
        }

        pass(part, cache);
        gather(states_, lastTokens, last, lastCount);
        lastCount += lastTokens.size();
        if (targets.empty()) continue;
        TokenBlocks asked(weights_.embedding.inputs, targets.size());
        clear(asked);
        gather(states_, targetTokens, asked, 0);
        normalise(weights_.norm, asked, normed_, logitScale);
        std::vector<float> logSums(targets.size()), chosen(targets.size());
        multiplyLogSumExp(weights_.head, normed_, targets, logSums, chosen, logitCap);
        for (std::size_t i = 0; i < targets.size(); ++i)
            results.logProbabilities[whose[i]].push_back(chosen[i] - logSums[i]);
    }

    results.logits = at::empty({static_cast<std::int64_t>(wanted), static_cast<std::int64_t>(weights_.head.outputs)},
                               torch::kFloat32);
    if (wanted > 0) {
        normalise(weights_.norm, last, normed_, logitScale);
        multiplyToRows(weights_.head, normed_, results.logits.data_ptr<float>(), logitCap);
    }
    return results;
}

}  // namespace mergarium
