#include "core/tasks/digits/classifier.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>

namespace mergarium {
namespace {

/// What one thread takes at a time, in tiles of rows.
constexpr std::int64_t kTilesPerTask = 48;

void compare(const float* logits, std::size_t stride, std::size_t classes, std::span<const std::int64_t> labels,
             std::span<float> scores) {
    for (std::size_t row = 0; row < labels.size(); ++row, logits += stride) {
        const auto largest = std::max_element(logits, logits + classes) - logits;
        scores[row] = largest == labels[row] ? 1.0f : 0.0f;
    }
}

}  // namespace

ClassifierData::ClassifierData(const LabelledSamples& trained, const LabelledSamples& tested,
                               std::shared_ptr<const SampleSet> shown, Mlp::Shape form, torch::Device on)
    : samples(std::move(shown)),
      shape(form),
      device(on),
      layout(Mlp::layout(form)),
      fused(on.is_cpu() && FusedMlp::supports(form)),
      train(setOf(trained)),
      test(setOf(tested)),
      all(trained.size()) {
    std::iota(all.begin(), all.end(), 0u);
}

ClassifierData::Set ClassifierData::setOf(const LabelledSamples& data) const {
    Set set{
        .labels = data.labels, .rows = TiledRows(data.values, fused ? data.size() : 0, data.features), .inputs = {}};
    if (fused) return set;
    const auto rows = static_cast<std::int64_t>(data.size());
    set.inputs = torch::tensor(data.values).view({rows, static_cast<std::int64_t>(data.features)}).to(device);
    return set;
}

ClassifierTask::ClassifierTask(std::shared_ptr<const ClassifierData> data)
    : data_(std::move(data)),
      network_(data_->shape, data_->device),
      fused_(data_->fused ? std::optional<FusedMlp>(data_->shape) : std::nullopt),
      train_(scratchFor(data_->train)),
      test_(scratchFor(data_->test)),
      testScores_(data_->test.labels.size()) {}

ClassifierTask::Scratch ClassifierTask::scratchFor(const ClassifierData::Set& set) const {
    if (fused_)
        return {.logits = std::vector<float>(set.rows.tiles() * FusedMlp::kRowsPerTile * FusedMlp::kLogitsPerRow),
                .hidden = {},
                .output = {}};
    const auto rows = set.inputs.size(0);
    return {.logits = {},
            .hidden = torch::empty({rows, data_->shape.hidden}, set.inputs.options()),
            .output = torch::empty({rows, data_->shape.outputs}, set.inputs.options())};
}

void ClassifierTask::load(const Genome& genome) {
    genome.materialize(network_.parameters());
    network_.upload();
    if (fused_) fused_->load(network_.parameters());
}

void ClassifierTask::scoreBatch(std::size_t, std::span<float> scores) { score(data_->train, train_, scores); }

std::optional<double> ClassifierTask::testScore(const std::atomic<bool>*) {
    score(data_->test, test_, testScores_);
    double total = 0.0;
    for (const float value : testScores_) total += static_cast<double>(value);
    return testScores_.empty() ? 0.0 : total / static_cast<double>(testScores_.size());
}

std::optional<std::vector<Attempt>> ClassifierTask::attempt(std::span<const std::uint32_t> samples,
                                                            const std::atomic<bool>& abandon) {
    auto attempts = Task::attempt(samples, abandon);
    if (!attempts) return attempts;
    const auto classes = static_cast<std::size_t>(network_.shape().outputs);
    const auto output = fused_ ? torch::Tensor() : train_.output.cpu();
    const float* logits = fused_ ? train_.logits.data() : output.data_ptr<float>();
    const auto stride = fused_ ? FusedMlp::kLogitsPerRow : classes;
    for (auto& attempt : *attempts) {
        const auto* row = logits + attempt.sample * stride;
        attempt.answer = std::to_string(std::max_element(row, row + classes) - row);
        attempt.reference = std::to_string(data_->train.labels[attempt.sample]);
        attempt.chance = 1.0 / static_cast<double>(classes);
    }
    return attempts;
}

void ClassifierTask::score(const ClassifierData::Set& set, Scratch& scratch, std::span<float> scores) {
    if (fused_)
        scoreFused(set, scratch, scores);
    else
        scoreByTorch(set, scratch, scores);
}

void ClassifierTask::scoreFused(const ClassifierData::Set& set, Scratch& scratch, std::span<float> scores) {
    constexpr auto kTile = FusedMlp::kRowsPerTile;
    const auto classes = static_cast<std::size_t>(network_.shape().outputs);
    at::parallel_for(0, static_cast<std::int64_t>(set.rows.tiles()), kTilesPerTask,
                     [&](std::int64_t from, std::int64_t to) {
                         const auto begin = static_cast<std::size_t>(from);
                         const auto end = static_cast<std::size_t>(to);
                         float* logits = scratch.logits.data() + begin * kTile * FusedMlp::kLogitsPerRow;
                         fused_->forward(set.rows, begin, end, logits);
                         const std::size_t first = begin * kTile;
                         const std::size_t count = std::min(end * kTile, set.labels.size()) - first;
                         compare(logits, FusedMlp::kLogitsPerRow, classes, std::span(set.labels).subspan(first, count),
                                 scores.subspan(first, count));
                     });
}

void ClassifierTask::scoreByTorch(const ClassifierData::Set& set, Scratch& scratch, std::span<float> scores) {
    const c10::InferenceMode inference;
    network_.forward(set.inputs, scratch.hidden, scratch.output);
    const auto logits = scratch.output.cpu();
    const auto classes = static_cast<std::size_t>(network_.shape().outputs);
    compare(logits.data_ptr<float>(), classes, classes, set.labels, scores);
}

}  // namespace mergarium
