#include "core/networks/decoder/library_blocks.h"
#include "core/networks/decoder/library_mixers.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

/// What comes from the states, [tokens, ...].
struct DeltaInputs {
    /// [channels]: all queries, all keys, all values.
    torch::Tensor channels;
    /// [valueHeads, valueSize]
    torch::Tensor gates;
    /// [valueHeads]
    torch::Tensor forgotten, written;
};

DeltaInputs inputsOf(const DeltaRule& rule, const DeltaRuleWeights& weights, const torch::Tensor& states) {
    const auto tokens = states.size(0);
    const auto valueHeads = [&](const torch::Tensor& all) { return all.reshape({tokens, rule.valueHeads, -1}); };
    if (!rule.byKeyHead)
        return {.channels = product(weights.inputs, states),
                .gates = valueHeads(product(weights.gates, states)),
                .forgotten = product(weights.forgotten, states),
                .written = product(weights.written, states)};
    const auto group = rule.valueHeads / rule.keyHeads;
    const auto values = group * rule.valueSize;
    const auto parts = product(weights.inputs, states)
                           .view({tokens, rule.keyHeads, -1})
                           .split_with_sizes({rule.keySize, rule.keySize, values, values}, -1);
    const auto rates = product(weights.written, states).view({tokens, rule.keyHeads, 2, group});
    return {.channels = at::cat({parts[0].flatten(1), parts[1].flatten(1), parts[2].flatten(1)}, -1),
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

/// What the recurrence reads, fp32 [rows, longest, ...], a row for every piece's every head of values.
struct Recurrence {
    torch::Tensor queries, keys, values;
    /// Logarithms of how much is kept, and how far values are moved to: [rows, longest].
    torch::Tensor logKept, written;
};

/// `matrices` M [rows, keySize, valueSize] become those behind the last token; returns what the queries find [rows,
/// longest, valueSize]. Token t makes of them K_t M + k_t c_t^T, where K_t is what is kept and c_t = w_t (v_t - K_t M^T
/// k_t): what they hold under the key moves towards the value. For the tokens of one step, whose changes depend on
/// those before, that is a triangular system (section 3.3 there).
torch::Tensor found(const Recurrence& inputs, torch::Tensor& matrices) {
    constexpr std::int64_t kTokensPerStep = 64;
    const auto longest = inputs.queries.size(1);
    std::vector<torch::Tensor> steps;
    for (std::int64_t begin = 0; begin < longest; begin += kTokensPerStep) {
        const auto some = [&](const torch::Tensor& all) {
            return all.narrow(1, begin, std::min(kTokensPerStep, longest - begin));
        };
        const auto queries = some(inputs.queries), keys = some(inputs.keys), others = keys.transpose(1, 2);
        const auto written = some(inputs.written).unsqueeze(2);
        // Since the step's beginning; at every token of what each before it has added; and at the step's end.
        // Differences of sums are taken in double precision, for they can be small where the sums are large.
        const auto logKept = some(inputs.logKept).to(torch::kFloat64).cumsum(1).unsqueeze(2);
        const auto exponential = [](const torch::Tensor& logarithms) { return logarithms.to(torch::kFloat32).exp(); };
        const auto sinceBegin = exponential(logKept);
        const auto kept = exponential((logKept - logKept.transpose(1, 2)).tril()).tril();
        const auto untilEnd = exponential(logKept.slice(1, -1) - logKept);
        const auto changes = at::linalg_solve_triangular(
            written * keys.bmm(others) * kept, written * (some(inputs.values) - (sinceBegin * keys).bmm(matrices)),
            /*upper=*/false, /*left=*/true, /*unitriangular=*/true);
        steps.push_back((sinceBegin * queries).bmm(matrices) + (queries.bmm(others) * kept).bmm(changes));
        matrices = sinceBegin.slice(1, -1) * matrices + (untilEnd * keys).transpose(1, 2).bmm(changes);
    }
    return at::cat(steps, 1);
}

/// Of what is convolved, laid out [pieces, longest, channels].
Recurrence recurrenceOf(const DeltaRule& rule, const DeltaRuleWeights& weights, const DeltaInputs& inputs,
                        const torch::Tensor& channels, const Batch& batch) {
    const auto keys = rule.keyHeads * rule.keySize;
    const auto parts =
        channels.to(torch::kFloat32).split_with_sizes({keys, keys, rule.valueHeads * rule.valueSize}, -1);
    const auto rows = [](const torch::Tensor& heads) { return heads.transpose(1, 2).flatten(0, 1); };
    const auto keyed = [&](const torch::Tensor& all) {
        return rows(ofLengthOne(all.unflatten(-1, {rule.keyHeads, rule.keySize}))
                        .repeat_interleave(rule.valueHeads / rule.keyHeads, 2));
    };
    const auto rates = weights.rateLogarithms.to(torch::kFloat32).exp() *
                       at::softplus(inputs.forgotten.to(torch::kFloat32) + weights.rateBias.to(torch::kFloat32));
    // Behind a piece's end all is kept and nothing written.
    const auto behind = (at::arange(batch.longest, batch.counts.options()) >= batch.counts.view({-1, 1})).unsqueeze(-1);
    const auto untilEnd = [&](const torch::Tensor& ofTokens) {
        return rows(batch.laidOut(ofTokens).masked_fill(behind, 0.0));
    };
    return {.queries = keyed(parts[0]) / std::sqrt(static_cast<double>(rule.keySize)),
            .keys = keyed(parts[1]),
            .values = rows(parts[2].unflatten(-1, {rule.valueHeads, rule.valueSize})),
            .logKept = untilEnd((-rates).clamp_min(-1e30)),
            .written = untilEnd(inputs.written.to(torch::kFloat32).sigmoid())};
}

/// What the cache remembers of the pieces' texts; nothing where one begins.
torch::Tensor remembered(const torch::Tensor& cached, const Batch& batch) {
    std::vector<std::int64_t> shape(static_cast<std::size_t>(cached.dim()), 1);
    shape.front() = batch.pieces;
    return batch.rowsOf(cached).masked_fill(batch.begins.view(shape), 0.0);
}

}  // namespace

torch::Tensor mixed(const DeltaRule& rule, const LayerPass& pass, const torch::Tensor& states) {
    const auto& weights = pass.weights.deltaRule;
    const auto& batch = pass.batch;
    auto& cachedInputs = pass.cache.lastInputs[pass.index];
    auto& cachedMatrices = pass.cache.matrices[pass.index];

    const auto inputs = inputsOf(rule, weights, states);
    auto lastInputs = remembered(cachedInputs, batch);
    const auto channels = convolved(batch.laidOut(inputs.channels), weights.convolution.to(states.scalar_type()),
                                    batch.counts, lastInputs);
    cachedInputs.index_copy_(0, batch.slots, lastInputs);

    auto matrices = remembered(cachedMatrices, batch).flatten(0, 1);
    const auto heads = found(recurrenceOf(rule, weights, inputs, channels, batch), matrices)
                           .unflatten(0, {batch.pieces, rule.valueHeads})
                           .transpose(1, 2);
    cachedMatrices.index_copy_(0, batch.slots, matrices.unflatten(0, {batch.pieces, rule.valueHeads}));

    const NormConfig norm{.epsilon = pass.config.norm.epsilon};
    const auto type = states.scalar_type();
    const auto normed = normalised(batch.packedAgain(heads).to(type), norm, weights.norm);
    return (normed * at::silu(inputs.gates.to(torch::kFloat32))).to(type).flatten(1);
}

void makeRoom(const DeltaRule& rule, std::size_t layer, const DecoderConfig&, const torch::TensorOptions& options,
              KeyValueCache& cache) {
    cache.matrices[layer] =
        at::zeros({cache.slots, rule.valueHeads, rule.keySize, rule.valueSize}, options.dtype(torch::kFloat32));
    cache.lastInputs[layer] = at::zeros({cache.slots, rule.channels(), rule.convolution - 1}, options);
}

}  // namespace mergarium
