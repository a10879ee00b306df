#include "core/networks/decoder/fused_weights.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace mergarium {
namespace {

Matrix matrixOf(const torch::Tensor& weight) {
    if (!weight.defined()) return {};
    return {.weight = weight.data_ptr(),
            .inputs = static_cast<std::size_t>(weight.size(1)),
            .outputs = static_cast<std::size_t>(weight.size(0)),
            .element = weight.scalar_type() == torch::kBFloat16 ? Matrix::Element::BF16 : Matrix::Element::F32,
            .columnStride = weight.stride(1) == 1 ? 0 : static_cast<std::size_t>(weight.stride(1))};
}

/// As the field computes the usual one, in single precision.
float scaleOf(const DecoderLayer& layer, std::int64_t headSize) {
    if (layer.scoreScale == 1.0 / std::sqrt(static_cast<double>(headSize)))
        return 1.0F / std::sqrt(static_cast<float>(headSize));
    return static_cast<float>(layer.scoreScale);
}

}  // namespace

FusedWeights::FusedWeights(const DecoderConfig& config, const DecoderWeights& weights)
    : embedding(matrixOf(weights.embedding)), positions(matrixOf(weights.positions)) {
    head = matrix(weights.head);
    norm = norms(config.norm, weights.norm);
    for (std::size_t index = 0; index < config.layers.size(); ++index) {
        const auto& kind = config.layers[index];
        const auto& layer = weights.layers[index];
        const bool whole = config.headNorms == HeadNorms::Whole;
        layers.push_back({.attentionNorm = norms(config.norm, layer.attentionNorm),
                          .attentionOutputNorm = norms(config.norm, layer.attentionOutputNorm),
                          .mlpNorm = norms(config.norm, layer.mlpNorm),
                          .mlpOutputNorm = norms(config.norm, layer.mlpOutputNorm),
                          .projections = projections(config, layer),
                          .queryNorm = whole ? norms(config.headNorm, layer.queryNorm.front()) : NormShape(),
                          .keyNorm = whole ? norms(config.headNorm, layer.keyNorm.front()) : NormShape(),
                          .attention = {.heads = static_cast<std::size_t>(config.heads),
                                        .keyHeads = static_cast<std::size_t>(config.keyHeads),
                                        .headSize = static_cast<std::size_t>(config.headSize),
                                        .window = kind.window,
                                        .scale = scaleOf(kind, config.headSize),
                                        .cap = static_cast<float>(config.scoreCap.value_or(0.0)),
                                        .rotated = kind.rope ? static_cast<std::size_t>(config.rotated) : 0,
                                        .neighbours = config.ropePairs == RopePairs::Neighbours,
                                        .queryNorms = headNorms(config, layer.queryNorm, config.heads),
                                        .keyNorms = headNorms(config, layer.keyNorm, config.keyHeads)},
                          .rope = kind.rope,
                          .output = matrix(layer.output),
                          .mlp = mlp(layer.mlp),
                          .router = matrix(layer.router),
                          .sharedExpert = mlp(layer.sharedExpert),
                          .sharedGate = matrix(layer.sharedGate)});
        for (const auto& expert : layer.experts) layers.back().experts.push_back(mlp(expert));
    }
}

void FusedWeights::refresh() {
    for (auto& [stored, copy] : copies_) copy.copy_(stored);
}

const float* FusedWeights::vector(const torch::Tensor& stored) {
    if (!stored.defined()) return nullptr;
    if (stored.scalar_type() == torch::kFloat32) return stored.data_ptr<float>();
    copies_.emplace_back(stored, at::empty(stored.sizes(), torch::kFloat32));
    return copies_.back().second.data_ptr<float>();
}

Matrix FusedWeights::matrix(const Linear& linear) {
    auto result = matrixOf(linear.weight);
    result.bias = vector(linear.bias);
    return result;
}

FusedWeights::Mlp FusedWeights::mlp(const MlpWeights& mlp) {
    return {.gate = matrix(mlp.gate), .up = matrix(mlp.up), .down = matrix(mlp.down)};
}

NormShape FusedWeights::norms(const NormConfig& config, const NormWeights& weights) {
    return {.weights = vector(weights.weight),
            .bias = vector(weights.bias),
            .epsilon = static_cast<float>(config.epsilon),
            .shift = config.plusOne ? 1.0F : 0.0F,
            .centred = config.kind == NormConfig::Kind::Layer};
}

std::vector<NormShape> FusedWeights::headNorms(const DecoderConfig& config, const std::vector<NormWeights>& weights,
                                               std::int64_t heads) {
    std::vector<NormShape> all;
    if (config.headNorms != HeadNorms::Shared && config.headNorms != HeadNorms::Own) return all;
    for (const auto& one : weights) all.push_back(norms(config.headNorm, one));
    if (config.headNorms == HeadNorms::Own && weights.size() == 1) {
        all.resize(static_cast<std::size_t>(heads), all.front());
        for (std::size_t one = 1; one < all.size(); ++one)
            all[one].weights += one * static_cast<std::size_t>(config.headSize);
    }
    return all;
}

std::vector<Matrix> FusedWeights::projections(const DecoderConfig& config, const DecoderWeights::Layer& layer) {
    if (config.projections != Projections::ByKeyHead)
        return {matrix(layer.queries), matrix(layer.keys), matrix(layer.values)};
    const auto size = config.headSize, queries = config.heads / config.keyHeads * size;
    std::vector<Matrix> matrices;
    const auto add = [&](std::int64_t first, std::int64_t count) {
        for (std::int64_t keyHead = 0; keyHead < config.keyHeads; ++keyHead)
            matrices.push_back(matrix(layer.joined.rows(keyHead * (queries + 2 * size) + first, count)));
    };
    add(0, queries);
    add(queries, size);
    add(queries + size, size);
    return matrices;
}

void readRow(const Matrix& matrix, std::size_t row, float* to) {
    const std::size_t first = row * matrix.inputs;
    if (matrix.element == Matrix::Element::F32) {
        std::copy_n(static_cast<const float*>(matrix.weight) + first, matrix.inputs, to);
        return;
    }
    const auto* halves = static_cast<const std::uint16_t*>(matrix.weight) + first;
    for (std::size_t i = 0; i < matrix.inputs; ++i)
        to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(halves[i]) << 16);
}

}  // namespace mergarium
