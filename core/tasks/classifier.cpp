#include "core/tasks/classifier.h"

#include <ATen/Parallel.h>

#include <algorithm>

namespace mergarium {
namespace {

/// Rows that one thread takes through both layers while the hidden activations stay in its cache (96 x 256 x 4 = 98 KB).
constexpr std::size_t kRowsPerBlock = 96;

}  // namespace

ClassifierTask::ClassifierTask(const LabelledSamples& train, const LabelledSamples& test,
                               std::shared_ptr<const SampleSet> samples, Mlp::Shape shape, torch::Device device)
    : samples_(std::move(samples)),
      layout_(Mlp::layout(shape)),
      network_(shape, device),
      train_(blocksOf(train, device)),
      test_(blocksOf(test, device)),
      testScores_(test.size()) {}

std::vector<ClassifierTask::Block> ClassifierTask::blocksOf(const LabelledSamples& data, torch::Device device) const {
    const auto rows = static_cast<std::int64_t>(data.size());
    const auto columns = static_cast<std::int64_t>(data.features);
    const auto inputs = torch::tensor(data.values).view({rows, columns}).to(device);
    const auto labels = torch::tensor(data.labels).to(device);
    const auto floats = inputs.options();
    const std::size_t step = device.is_cpu() ? kRowsPerBlock : data.size();

    std::vector<Block> blocks;
    for (std::size_t begin = 0; begin < data.size(); begin += step) {
        const std::size_t count = std::min(step, data.size() - begin);
        const auto from = static_cast<std::int64_t>(begin);
        const auto size = static_cast<std::int64_t>(count);
        blocks.push_back({begin, count, inputs.narrow(0, from, size), labels.narrow(0, from, size),
                          torch::empty({size, network_.shape().hidden}, floats),
                          torch::empty({size, network_.shape().outputs}, floats)});
    }
    return blocks;
}

void ClassifierTask::scoreBatch(std::size_t, std::span<float> scores) { score(train_, scores); }

double ClassifierTask::testScore() {
    score(test_, testScores_);
    double total = 0.0;
    for (const float value : testScores_) total += static_cast<double>(value);
    return testScores_.empty() ? 0.0 : total / static_cast<double>(testScores_.size());
}

void ClassifierTask::score(std::vector<Block>& blocks, std::span<float> scores) const {
    const c10::InferenceMode inference;
    if (blocks.size() == 1) return scoreBlock(blocks.front(), scores);
    at::parallel_for(0, static_cast<std::int64_t>(blocks.size()), 1, [&](std::int64_t begin, std::int64_t end) {
        const c10::InferenceMode inThisThread;
        for (auto index = begin; index < end; ++index) scoreBlock(blocks[static_cast<std::size_t>(index)], scores);
    });
}

void ClassifierTask::scoreBlock(Block& block, std::span<float> scores) const {
    network_.forward(block.inputs, block.hidden, block.logits);
    const auto target = scores.subspan(block.begin, block.count);
    if (!block.logits.is_cpu()) {
        const auto right = block.logits.argmax(1).eq(block.labels).to(torch::kFloat32).cpu();
        std::copy_n(right.data_ptr<float>(), block.count, target.begin());
        return;
    }
    const auto classes = static_cast<std::size_t>(network_.shape().outputs);
    const float* logits = block.logits.data_ptr<float>();
    const std::int64_t* labels = block.labels.data_ptr<std::int64_t>();
    for (std::size_t row = 0; row < block.count; ++row, logits += classes) {
        const auto largest = std::max_element(logits, logits + classes) - logits;
        target[row] = largest == labels[row] ? 1.0f : 0.0f;
    }
}

}  // namespace mergarium
