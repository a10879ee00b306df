#pragma once

#include "core/networks/mlp.h"
#include "core/tasks/digits.h"
#include "core/tasks/task.h"

#include <torch/types.h>

#include <memory>
#include <vector>

namespace mergarium {

/// Right or wrong: 1 where the largest logit is the label's (ties: the lowest class), else 0.
/// The data is copied to the device once and never moves. On the CPU the samples are scored in fixed blocks of rows, shared
/// among the threads, each product on one thread: the scores don't depend on how many threads there are.
class ClassifierTask final : public Task {
public:
    ClassifierTask(const LabelledSamples& train, const LabelledSamples& test, std::shared_ptr<const SampleSet> samples,
                   Mlp::Shape shape, torch::Device device);

    std::shared_ptr<const SampleSet> samples() const override { return samples_; }
    const Layout& layout() const override { return layout_; }
    std::span<float> parameters() override { return network_.parameters(); }
    void parametersChanged() override { network_.upload(); }
    std::size_t batchCount() const override { return 1; }
    void scoreBatch(std::size_t batch, std::span<float> scores) override;
    double testScore() override;

private:
    struct Block {
        std::size_t begin = 0;
        std::size_t count = 0;
        torch::Tensor inputs, labels, hidden, logits;
    };

    std::vector<Block> blocksOf(const LabelledSamples& data, torch::Device device) const;
    void score(std::vector<Block>& blocks, std::span<float> scores) const;
    void scoreBlock(Block& block, std::span<float> scores) const;

    std::shared_ptr<const SampleSet> samples_;
    Layout layout_;
    Mlp network_;
    std::vector<Block> train_;
    std::vector<Block> test_;
    std::vector<float> testScores_;
};

}  // namespace mergarium
