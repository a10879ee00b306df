#include "core/networks/decoder/fused_decoder.h"

#include <ATen/Parallel.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

/// Tokens that go through all layers together: enough to make a pass over the weights worth it, few enough for their
/// states to stay in the cache.
constexpr std::size_t kTokensPerPass = 768;

const float* dataOf(const torch::Tensor& tensor) { return tensor.defined() ? tensor.data_ptr<float>() : nullptr; }

Matrix matrixOf(const torch::Tensor& weight, const torch::Tensor& bias = {}) {
    return {.weight = dataOf(weight),
            .bias = dataOf(bias),
            .inputs = static_cast<std::size_t>(weight.size(1)),
            .outputs = static_cast<std::size_t>(weight.size(0))};
}
Matrix matrixOf(const Linear& linear) { return matrixOf(linear.weight, linear.bias); }

/// outputs = inputs / sqrt(mean of squares + epsilon) * weights, for 16 tokens of a block.
struct Normalise {
    const float* inputs;
    const float* weights;
    float epsilon;
    std::size_t features, width;
    float* outputs;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        Vector16 even{}, odd{};
        for (std::size_t i = 0; i + 1 < features; i += 2) {
            const Vector16 first = load(inputs + i * width), second = load(inputs + (i + 1) * width);
            even += first * first;
            odd += second * second;
        }
        if (features % 2 != 0) even += load(inputs + (features - 1) * width) * load(inputs + (features - 1) * width);
        Vector16 factors = (even + odd) / static_cast<float>(features) + epsilon;
        for (std::size_t column = 0; column < kVectorWidth; ++column)
            factors[column] = 1.0F / std::sqrt(factors[column]);
        for (std::size_t i = 0; i < features; ++i)
            store(outputs + i * width, load(inputs + i * width) * factors * weights[i]);
    }
};

void normalise(const float* weights, float epsilon, const TokenBlocks& inputs, TokenBlocks& outputs) {
    outputs.reshape(inputs.features(), inputs.tokens());
    const auto stripes = static_cast<std::int64_t>((inputs.tokens() + kVectorWidth - 1) / kVectorWidth);
    at::parallel_for(0, stripes, 1, [&](std::int64_t from, std::int64_t to) {
        for (auto stripe = static_cast<std::size_t>(from); stripe < static_cast<std::size_t>(to); ++stripe)
            runVectorised(Normalise{.inputs = inputs.at(0, stripe * kVectorWidth),
                                    .weights = weights,
                                    .epsilon = epsilon,
                                    .features = inputs.features(),
                                    .width = inputs.width(stripe * kVectorWidth / TokenBlocks::kWidth),
                                    .outputs = outputs.at(0, stripe * kVectorWidth)});
    });
}

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

/// Columns without a token hold zeros, lest they hold what slows arithmetic down.
void clear(TokenBlocks& blocks) {
    for (std::size_t block = 0; block < blocks.blocks(); ++block)
        std::fill_n(blocks.block(block), blocks.features() * blocks.width(block), 0.0F);
}

}  // namespace

bool FusedDecoder::computes(const DecoderConfig& config) {
    const auto isPlain = [&](const DecoderLayer& layer) {
        return layer.rope == 0u && !layer.experts &&
               layer.scoreScale == 1.0 / std::sqrt(static_cast<double>(config.headSize));
    };
    const auto isRms = [](const NormConfig& norm) { return norm.kind == NormConfig::Kind::Rms && !norm.plusOne; };
    return isRms(config.norm) && isRms(config.headNorm) && !config.names.attentionNorm.empty() &&
           !config.names.mlpNorm.empty() && config.names.attentionOutputNorm.empty() &&
           config.names.mlpOutputNorm.empty() && !config.parallel && config.positions == 0 &&
           config.embeddingScale == 1.0 && config.residualScale == 1.0 && config.logitScale == 1.0 &&
           config.rotated == config.headSize && config.ropePairs == RopePairs::Halves && config.ropes.size() == 1 &&
           !std::holds_alternative<RopeScaling::Long>(config.ropes.front().scaling.kind) &&
           config.projections != Projections::ByKeyHead &&
           (config.headNorms == HeadNorms::None || config.headNorms == HeadNorms::Shared) && !config.projectionLimit &&
           !config.scoreCap && !config.logitCap && config.hasGate() && config.activation == Activation::Silu &&
           !config.headBias && !config.transposed && std::ranges::all_of(config.layers, isPlain);
}

FusedDecoder::FusedDecoder(const DecoderConfig& config, std::span<const Rotary> ropes, const DecoderWeights& weights)
    : headSize_(static_cast<std::size_t>(config.headSize)),
      valueSize_((headSize_ + kVectorWidth - 1) / kVectorWidth * kVectorWidth),
      normEpsilon_(static_cast<float>(config.norm.epsilon)),
      rotary_(ropes.front()),
      embedding_(matrixOf(weights.embedding)),
      head_(matrixOf(weights.head)),
      norm_(dataOf(weights.norm.weight)) {
    for (std::size_t index = 0; index < config.layers.size(); ++index) {
        const auto& layer = weights.layers[index];
        const bool normed = config.headNorms == HeadNorms::Shared;
        layers_.push_back({.inputNorm = dataOf(layer.attentionNorm.weight),
                           .mlpNorm = dataOf(layer.mlpNorm.weight),
                           .projections = {matrixOf(layer.queries), matrixOf(layer.keys), matrixOf(layer.values)},
                           .output = matrixOf(layer.output),
                           .gate = matrixOf(layer.mlp.gate),
                           .up = matrixOf(layer.mlp.up),
                           .down = matrixOf(layer.mlp.down),
                           .attention = {.heads = static_cast<std::size_t>(config.heads),
                                         .keyHeads = static_cast<std::size_t>(config.keyHeads),
                                         .headSize = headSize_,
                                         .window = config.layers[index].window,
                                         .normEpsilon = static_cast<float>(config.headNorm.epsilon),
                                         .queryNorm = normed ? dataOf(layer.queryNorm.front().weight) : nullptr,
                                         .keyNorm = normed ? dataOf(layer.keyNorm.front().weight) : nullptr}});
    }
}

KeyValueCache FusedDecoder::cache(std::int64_t slots, std::int64_t capacity) const {
    const auto whole = (capacity + static_cast<std::int64_t>(kVectorWidth) - 1) /
                       static_cast<std::int64_t>(kVectorWidth) * static_cast<std::int64_t>(kVectorWidth);
    KeyValueCache cache{.slots = slots, .capacity = whole};
    for (const auto& layer : layers_) {
        const auto heads = static_cast<std::int64_t>(layer.attention.keyHeads);
        cache.keys.push_back(at::zeros({slots, heads, static_cast<std::int64_t>(headSize_), whole}, torch::kFloat32));
        cache.values.push_back(
            at::zeros({slots, heads, whole, static_cast<std::int64_t>(valueSize_)}, torch::kFloat32));
    }
    return cache;
}

void FusedDecoder::embed(std::span<const Piece> pieces) {
    std::size_t at = 0;
    for (const auto& piece : pieces)
        for (const auto token : piece.tokens) {
            const float* row = embedding_.weight + static_cast<std::size_t>(token) * embedding_.inputs;
            float* to = states_.at(0, at);
            const std::size_t width = states_.width(at / TokenBlocks::kWidth);
            for (std::size_t feature = 0; feature < embedding_.inputs; ++feature) to[feature * width] = row[feature];
            ++at;
        }
}

void FusedDecoder::turn(std::span<const Piece> pieces) {
    std::size_t at = 0;
    const std::size_t half = headSize_ / 2;
    for (const auto& piece : pieces)
        for (std::size_t i = 0; i < piece.tokens.size(); ++i, ++at) {
            const auto position = static_cast<float>(static_cast<std::size_t>(piece.position) + i);
            float* to = turns_.at(0, at);
            const std::size_t width = turns_.width(at / TokenBlocks::kWidth);
            for (std::size_t wave = 0; wave < half; ++wave) {
                const float angle = position * rotary_.frequencies[wave];
                to[wave * width] = rotary_.scale * std::cos(angle);
                to[(wave + half) * width] = rotary_.scale * std::sin(angle);
            }
        }
}

void FusedDecoder::pass(std::span<const Piece> pieces, KeyValueCache& cache) {
    std::size_t tokens = 0;
    for (const auto& piece : pieces) tokens += piece.tokens.size();
    const auto& shape = layers_.front();
    states_.reshape(embedding_.inputs, tokens);
    turns_.reshape(headSize_, tokens);
    projected_.reshape((shape.attention.heads + 2 * shape.attention.keyHeads) * headSize_, tokens);
    mixed_.reshape(shape.attention.heads * headSize_, tokens);
    gated_.reshape(shape.gate.outputs, tokens);
    clear(states_);
    clear(turns_);
    clear(mixed_);
    embed(pieces);
    turn(pieces);

    for (std::size_t index = 0; index < layers_.size(); ++index) {
        const auto& layer = layers_[index];
        normalise(layer.inputNorm, normEpsilon_, states_, normed_);
        multiply(layer.projections, normed_, projected_);
        attend(layer.attention, pieces, projected_, turns_,
               {.keys = cache.keys[index].data_ptr<float>(),
                .values = cache.values[index].data_ptr<float>(),
                .capacity = static_cast<std::size_t>(cache.capacity),
                .valueSize = valueSize_},
               mixed_);
        multiplyAdd(layer.output, mixed_, states_);
        normalise(layer.mlpNorm, normEpsilon_, states_, normed_);
        multiplyGated(layer.gate, layer.up, normed_, gated_);
        multiplyAdd(layer.down, gated_, states_);
    }
}

PieceResults FusedDecoder::forward(std::span<const Piece> pieces, KeyValueCache& cache) {
    PieceResults results;
    results.logProbabilities.resize(pieces.size());
    const auto wanted = static_cast<std::size_t>(
        std::count_if(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.logits; }));
    TokenBlocks last(embedding_.inputs, wanted);
    clear(last);
    std::size_t lastCount = 0;

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
                            .tokens = piece.tokens.subspan(done, count)});
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
        TokenBlocks asked(embedding_.inputs, targets.size());
        clear(asked);
        gather(states_, targetTokens, asked, 0);
        normalise(norm_, normEpsilon_, asked, normed_);
        std::vector<float> logSums(targets.size()), chosen(targets.size());
        multiplyLogSumExp(head_, normed_, targets, logSums, chosen);
        for (std::size_t i = 0; i < targets.size(); ++i)
            results.logProbabilities[whose[i]].push_back(chosen[i] - logSums[i]);
    }

    results.logits =
        at::empty({static_cast<std::int64_t>(wanted), static_cast<std::int64_t>(head_.outputs)}, torch::kFloat32);
    if (wanted > 0) {
        normalise(norm_, normEpsilon_, last, normed_);
        multiplyToRows(head_, normed_, results.logits.data_ptr<float>());
    }
    return results;
}

}  // namespace mergarium
