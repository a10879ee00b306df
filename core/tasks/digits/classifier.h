#pragma once

#include "core/networks/fused_mlp.h"
#include "core/networks/mlp.h"
#include "core/tasks/digits/digits.h"
#include "core/tasks/task.h"

#include <torch/types.h>

#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

/// Right or wrong: 1 where the largest logit is the label's (ties: the lowest class), else 0.
/// The data is copied to the device once and never moves. On the CPU a fused pass scores blocks of rows, shared among
/// the threads: scores don't depend on how many there are. Elsewhere libtorch scores all rows at once.
class ClassifierTask final : public Task {
public:
    ClassifierTask(const LabelledSamples& train, const LabelledSamples& test, std::shared_ptr<const SampleSet> samples,
                   Mlp::Shape shape, torch::Device device);

    std::shared_ptr<const SampleSet> samples() const override { return samples_; }
    const Layout& layout() const override { return layout_; }
    void load(const Genome& genome) override;
    std::size_t batchCount() const override { return 1; }
    std::span<const std::uint32_t> batch(std::size_t) const override { return all_; }
    void scoreBatch(std::size_t batch, std::span<float> scores) override;
    std::optional<double> testScore(const std::atomic<bool>* abandon = nullptr) override;

private:
    /// One set of samples, as whichever pass scores it wants it.
    struct Set {
        std::vector<std::int64_t> labels;
        TiledRows rows;
        std::vector<float> logits;
        torch::Tensor inputs, hidden, output;
    };

    Set setOf(const LabelledSamples& data, torch::Device device) const;
    void score(Set& set, std::span<float> scores);
    void scoreFused(Set& set, std::span<float> scores);
    void scoreByTorch(Set& set, std::span<float> scores);

    std::shared_ptr<const SampleSet> samples_;
    Layout layout_;
    Mlp network_;
    /// Absent on other devices than the CPU, and for shapes that it doesn't take.
    std::optional<FusedMlp> fused_;
    Set train_;
    Set test_;
    /// Every training sample.
    std::vector<std::uint32_t> all_;
    std::vector<float> testScores_;
};

}  // namespace mergarium
