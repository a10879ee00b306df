#include "core/networks/attention.h"
#include "core/networks/decoder/library_blocks.h"
#include "core/networks/decoder/library_mixers.h"

#include <ATen/ATen.h>

namespace mergarium {
namespace {

/// [tokens, heads, headSize], bounded and normalised, not yet rotated.
struct Projected {
    torch::Tensor queries, keys, values;
    /// Undefined where there are none.
    torch::Tensor gates;
};

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

Projected projected(const Attention& mixer, const DecoderConfig& config, const DecoderWeights::Layer& layer,
                    const torch::Tensor& states) {
    const auto tokens = states.size(0), size = config.headSize;
    Projected result;
    if (layer.joined.weight.defined()) {
        const auto group = config.heads / config.keyHeads;
        const auto all = product(layer.joined, states).view({tokens, config.keyHeads, group + 2, size});
        result.queries = all.narrow(2, 0, group).reshape({tokens, config.heads, size});
        result.keys = all.select(2, group);
        result.values = all.select(2, group + 1);
    } else {
        result.queries = product(layer.queries, states).view({tokens, config.heads, -1});
        result.keys = product(layer.keys, states).view({tokens, config.keyHeads, size});
        result.values = product(layer.values, states).view({tokens, config.keyHeads, size});
    }
    if (mixer.gated) {
        result.gates = result.queries.narrow(-1, size, size);
        result.queries = result.queries.narrow(-1, 0, size);
    }
    result.queries = headsNormalised(result.queries, config, layer.queryNorm);
    result.keys = headsNormalised(result.keys, config, layer.keyNorm);
    if (const auto limit = config.projectionLimit)
        for (auto* one : {&result.queries, &result.keys, &result.values}) *one = one->clamp(-*limit, *limit);
    return result;
}

}  // namespace

torch::Tensor rotated(const torch::Tensor& heads, const LayerPass& pass) {
    if (!pass.layer.rope) return heads;
    const auto& cosines = pass.batch.cosines[*pass.layer.rope];
    const auto& sines = pass.batch.sines[*pass.layer.rope];
    const auto count = pass.config.rotated;
    const bool halves = pass.config.ropePairs == RopePairs::Halves;
    const auto turned = heads.narrow(-1, 0, count).to(torch::kFloat32);
    const auto still = heads.narrow(-1, count, heads.size(-1) - count);
    const auto pairs = halves ? turned.unflatten(-1, {2, -1}).transpose(-1, -2) : turned.unflatten(-1, {-1, 2});
    const auto first = pairs.select(-1, 0), second = pairs.select(-1, 1);
    const auto points = at::stack({first * cosines - second * sines, second * cosines + first * sines}, -1);
    const auto back = halves ? points.transpose(-1, -2) : points;
    return at::cat({back.flatten(-2).to(heads.scalar_type()), still}, -1);
}

// Heads that share keys become further queries of one head, so that keys and values are never repeated.
torch::Tensor attended(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                       const LayerPass& pass) {
    auto& batch = pass.batch;
    const auto seen = [&](const torch::Tensor& cached) {
        return batch.rowsOf(cached).narrow(1, 0, batch.keys).transpose(1, 2);
    };
    const auto heads = queries.size(1), keyHeads = keys.size(2), group = heads / keyHeads;
    const auto grouped = batch.laidOut(queries)
                             .unflatten(2, {keyHeads, group})
                             .permute({0, 2, 3, 1, 4})
                             .reshape({batch.pieces, keyHeads, group * batch.longest, queries.size(-1)});
    const auto found =
        attention(grouped, seen(keys), seen(values), batch.mask(pass.layer.window, group, queries.scalar_type()),
                  {.scale = pass.layer.scoreScale, .cap = pass.config.scoreCap});
    return batch.packedAgain(found.view({batch.pieces, keyHeads, group, batch.longest, values.size(-1)})
                                 .permute({0, 3, 1, 2, 4})
                                 .reshape({batch.pieces, batch.longest, heads, values.size(-1)}));
}

torch::Tensor mixed(const Attention& mixer, const LayerPass& pass, const torch::Tensor& states) {
    const auto& config = pass.config;
    auto& keys = pass.cache.keys[pass.index];
    auto& values = pass.cache.values[pass.index];
    const auto heads = projected(mixer, config, pass.weights, states);
    const auto rows = [&](torch::Tensor& cached) { return cached.view({-1, config.keyHeads, config.headSize}); };
    rows(keys).index_copy_(0, pass.batch.places, rotated(heads.keys, pass));
    rows(values).index_copy_(0, pass.batch.places, heads.values);
    const auto found = attended(rotated(heads.queries, pass), keys, values, pass);
    return (mixer.gated ? found * heads.gates.sigmoid() : found).flatten(1);
}

void makeRoom(const Attention&, std::size_t layer, const DecoderConfig& config, const torch::TensorOptions& options,
              KeyValueCache& cache) {
    for (auto* kept : {&cache.keys[layer], &cache.values[layer]})
        *kept = at::zeros({cache.slots, cache.capacity, config.keyHeads, config.headSize}, options);
}

}  // namespace mergarium
