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

ClassifierTask::ClassifierTask(const LabelledSamples& train, const LabelledSamples& test,
                               std::shared_ptr<const SampleSet> samples, Mlp::Shape shape, torch::Device device)
    : samples_(std::move(samples)),
      layout_(Mlp::layout(shape)),
      network_(shape, device),
      fused_(device.is_cpu() && FusedMlp::supports(shape) ? std::optional<FusedMlp>(shape) : std::nullopt),
      train_(setOf(train, device)),
      test_(setOf(test, device)),
      all_(train.size()),
      testScores_(test.size()) {
    std::iota(all_.begin(), all_.end(), 0u);
}

ClassifierTask::Set ClassifierTask::setOf(const LabelledSamples& data, torch::Device device) const {
    Set set{.labels = data.labels,
            .rows = TiledRows(data.values, fused_ ? data.size() : 0, data.features),
            .logits = {},
            .inputs = {},
            .hidden = {},
            .output = {}};
    if (fused_) {
        set.logits.resize(set.rows.tiles() * FusedMlp::kRowsPerTile * FusedMlp::kLogitsPerRow);
        return set;
    }
    const auto rows = static_cast<std::int64_t>(data.size());
    set.inputs = torch::tensor(data.values).view({rows, static_cast<std::int64_t>(data.features)}).to(device);
    set.hidden = torch::empty({rows, network_.shape().hidden}, set.inputs.options());
    set.output = torch::empty({rows, network_.shape().outputs}, set.inputs.options());
    return set;
}

void ClassifierTask::load(const Genome& genome) {
    genome.materialize(network_.parameters());
    network_.upload();
    if (fused_) fused_->load(network_.parameters());
}

void ClassifierTask::scoreBatch(std::size_t, std::span<float> scores) { score(train_, scores); }

std::optional<double> ClassifierTask::testScore(const std::atomic<bool>*) {
    score(test_, testScores_);
    double total = 0.0;
    for (const float value : testScores_) total += static_cast<double>(value);
    return testScores_.empty() ? 0.0 : total / static_cast<double>(testScores_.size());
}

void ClassifierTask::score(Set& set, std::span<float> scores) {
    if (fused_)
        scoreFused(set, scores);
    else
        scoreByTorch(set, scores);
}

void ClassifierTask::scoreFused(Set& set, std::span<float> scores) {
    constexpr auto kTile = FusedMlp::kRowsPerTile;
    const auto classes = static_cast<std::size_t>(network_.shape().outputs);
    at::parallel_for(0, static_cast<std::int64_t>(set.rows.tiles()), kTilesPerTask,
                     [&](std::int64_t from, std::int64_t to) {
                         const auto begin = static_cast<std::size_t>(from);
                         const auto end = static_cast<std::size_t>(to);
                         float* logits = set.logits.data() + begin * kTile * FusedMlp::kLogitsPerRow;
                         fused_->forward(set.rows, begin, end, logits);
                         const std::size_t first = begin * kTile;
                         const std::size_t count = std::min(end * kTile, set.labels.size()) - first;
                         compare(logits, FusedMlp::kLogitsPerRow, classes, std::span(set.labels).subspan(first, count),
                                 scores.subspan(first, count));
                     });
}

void ClassifierTask::scoreByTorch(Set& set, std::span<float> scores) {
    const c10::InferenceMode inference;
    network_.forward(set.inputs, set.hidden, set.output);
    const auto logits = set.output.cpu();
    const auto classes = static_cast<std::size_t>(network_.shape().outputs);
    compare(logits.data_ptr<float>(), classes, classes, set.labels, scores);
}

}  // namespace mergarium
