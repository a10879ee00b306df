#include "core/networks/decoder/library_blocks.h"
#include "core/networks/decoder/library_mixers.h"

#include <ATen/ATen.h>

#include <cmath>

namespace mergarium {
namespace {

/// What comes from the states, [tokens, ...].
struct DeltaInputs {
    /// [channels]: all queries, all keys, all values.
    torch::Tensor convolved;
    /// [valueHeads, valueSize]
    torch::Tensor gates;
    /// [valueHeads]
    torch::Tensor forgotten, written;
};

DeltaInputs inputsOf(const DeltaRule& rule, const DeltaRuleWeights& weights, const torch::Tensor& states) {
    const auto tokens = states.size(0);
    const auto valueHeads = [&](const torch::Tensor& all) { return all.reshape({tokens, rule.valueHeads, -1}); };
    if (!rule.byKeyHead)
        return {.convolved = product(weights.inputs, states),
                .gates = valueHeads(product(weights.gates, states)),
                .forgotten = product(weights.forgotten, states),
                .written = product(weights.written, states)};
    const auto group = rule.valueHeads / rule.keyHeads;
    const auto values = group * rule.valueSize;
    const auto parts = product(weights.inputs, states)
                           .view({tokens, rule.keyHeads, -1})
                           .split_with_sizes({rule.keySize, rule.keySize, values, values}, -1);
    const auto rates = product(weights.written, states).view({tokens, rule.keyHeads, 2, group});
    return {.convolved = at::cat({parts[0].flatten(1), parts[1].flatten(1), parts[2].flatten(1)}, -1),
            .gates = valueHeads(parts[3]),
            .forgotten = rates.select(2, 1).flatten(1),
            .written = rates.select(2, 0).flatten(1)};
}

/// Every channel of laid out inputs [pieces, longest, channels] over time, with the last inputs of the tokens before,
/// [pieces, channels, convolution - 1], which become those of the next tokens.
torch::Tensor convolved(const torch::Tensor& inputs, const torch::Tensor& weights, const torch::Tensor& counts,
                        torch::Tensor& lastInputs) {
    const auto all = at::cat({lastInputs, inputs.transpose(1, 2)}, -1);
    const auto before = lastInputs.size(-1);
    const auto last = counts.view({-1, 1, 1}) + at::arange(before, counts.options());
    lastInputs = all.gather(-1, last.expand({-1, all.size(1), -1}));
    const std::int64_t stride = 1, padding = 0, dilation = 1, groups = all.size(1);
    return at::silu(at::conv1d(all, weights, /*bias=*/{}, stride, padding, dilation, groups)).transpose(1, 2);
}

torch::Tensor ofLengthOne(const torch::Tensor& heads) {
    return heads * (heads.square().sum(-1, /*keepdim=*/true) + 1e-6).rsqrt();
}

/// Token by token: `matrices` [pieces, heads, keySize, valueSize] forget a part of themselves, and then what they hold
/// under the token's key moves towards its value. Queries, keys and values [pieces, longest, heads, ...], what is kept
/// and what is written [pieces, longest, heads]; all fp32. Returns what the queries find [pieces, longest, heads,
/// valueSize].
torch::Tensor recurrence(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                         const torch::Tensor& kept, const torch::Tensor& written, const torch::Tensor& matrices) {
    const auto all = matrices.flatten(0, 1);
    std::vector<torch::Tensor> found;
    for (std::int64_t token = 0; token < queries.size(1); ++token) {
        const auto rows = [&](const torch::Tensor& heads) { return heads.select(1, token).flatten(0, 1).unsqueeze(1); };
        const auto key = rows(keys);
        all.mul_(rows(kept).unsqueeze(-1));
        const auto change = (rows(values) - key.bmm(all)) * rows(written).unsqueeze(-1);
        all.baddbmm_(key.transpose(1, 2), change);
        found.push_back(rows(queries).bmm(all).view({matrices.size(0), matrices.size(1), -1}));
    }
    return at::stack(found, 1);
}

}  // namespace

torch::Tensor mixed(const DeltaRule& rule, const LayerPass& pass, const torch::Tensor& states) {
    const auto& batch = pass.batch;
    const auto& weights = pass.weights.deltaRule;
    const auto inputs = inputsOf(rule, weights, states);
    const auto startOf = [&](const torch::Tensor& cached) {
        std::vector<std::int64_t> shape(static_cast<std::size_t>(cached.dim()), 1);
        shape[0] = batch.pieces;
        return batch.rowsOf(cached).masked_fill(batch.begins.view(shape), 0.0);
    };
    const auto matrices = startOf(pass.cache.matrices[pass.index]);
    auto lastInputs = startOf(pass.cache.lastInputs[pass.index]);

    const auto heads =
        convolved(batch.laidOut(inputs.convolved), weights.convolution.to(states.scalar_type()), batch.counts,
                  lastInputs)
            .to(torch::kFloat32)
            .split_with_sizes(
                {rule.keyHeads * rule.keySize, rule.keyHeads * rule.keySize, rule.valueHeads * rule.valueSize}, -1);
    const auto keyed = [&](const torch::Tensor& all) {
        return ofLengthOne(all.unflatten(-1, {rule.keyHeads, rule.keySize}))
            .repeat_interleave(rule.valueHeads / rule.keyHeads, 2);
    };
    // Behind a piece's end nothing is forgotten and nothing written.
    const auto isToken = (at::arange(batch.longest, batch.counts.options()) < batch.counts.view({-1, 1})).unsqueeze(-1);
    const auto rates = weights.rateLogarithms.to(torch::kFloat32).exp() *
                       at::softplus(inputs.forgotten.to(torch::kFloat32) + weights.rateBias.to(torch::kFloat32));
    const auto kept = batch.laidOut((-rates).exp()).masked_fill(isToken.logical_not(), 1.0);
    const auto written = batch.laidOut(inputs.written.to(torch::kFloat32).sigmoid()) * isToken;
    const auto found = recurrence(keyed(heads[0]) / std::sqrt(static_cast<double>(rule.keySize)), keyed(heads[1]),
                                  heads[2].unflatten(-1, {rule.valueHeads, rule.valueSize}), kept, written, matrices);
    pass.cache.matrices[pass.index].index_copy_(0, batch.slots, matrices);
    pass.cache.lastInputs[pass.index].index_copy_(0, batch.slots, lastInputs);

    const NormConfig norm{.epsilon = pass.config.norm.epsilon};
    const auto normed = normalised(batch.packedAgain(found).to(states.scalar_type()), norm, weights.norm);
    return (normed.to(torch::kFloat32) * at::silu(inputs.gates.to(torch::kFloat32)))
        .to(states.scalar_type())
        .flatten(1);
}

void makeRoom(const DeltaRule& rule, std::size_t layer, const DecoderConfig&, const torch::TensorOptions& options,
              KeyValueCache& cache) {
    cache.matrices[layer] =
        at::zeros({cache.slots, rule.valueHeads, rule.keySize, rule.valueSize}, options.dtype(torch::kFloat32));
    cache.lastInputs[layer] = at::zeros({cache.slots, rule.channels(), rule.convolution - 1}, options);
}

}  // namespace mergarium
