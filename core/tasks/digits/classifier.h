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

/// The samples of classifiers as whichever pass scores them wants them: copied to the device once, never moved.
/// Immutable; any thread.
struct ClassifierData {
    ClassifierData(const LabelledSamples& train, const LabelledSamples& test, std::shared_ptr<const SampleSet> samples,
                   Mlp::Shape shape, torch::Device device);

    struct Set {
        std::vector<std::int64_t> labels;
        TiledRows rows;
        torch::Tensor inputs;
    };

    std::shared_ptr<const SampleSet> samples;
    Mlp::Shape shape;
    torch::Device device;
    Layout layout;
    /// Whether our own pass scores them: on the CPU, for shapes that it takes.
    bool fused;
    Set train;
    Set test;
    /// Every training sample.
    std::vector<std::uint32_t> all;

private:
    Set setOf(const LabelledSamples& data) const;
};

/// Right or wrong: 1 where the largest logit is the label's (ties: the lowest class), else 0.
/// On the CPU a fused pass scores blocks of rows, shared among the threads: scores don't depend on how many there are.
/// Elsewhere libtorch scores all rows at once.
class ClassifierTask final : public Task {
public:
    explicit ClassifierTask(std::shared_ptr<const ClassifierData> data);
    ClassifierTask(const LabelledSamples& train, const LabelledSamples& test, std::shared_ptr<const SampleSet> samples,
                   Mlp::Shape shape, torch::Device device)
        : ClassifierTask(std::make_shared<const ClassifierData>(train, test, std::move(samples), shape, device)) {}

    std::shared_ptr<const SampleSet> samples() const override { return data_->samples; }
    const Layout& layout() const override { return data_->layout; }
    void load(const Genome& genome) override;
    std::size_t batchCount() const override { return 1; }
    std::span<const std::uint32_t> batch(std::size_t) const override { return data_->all; }
    void scoreBatch(std::size_t batch, std::span<float> scores) override;
    std::optional<std::vector<Attempt>> attempt(std::span<const std::uint32_t> samples,
                                                const std::atomic<bool>& abandon) override;
    std::optional<double> testScore(const std::atomic<bool>* abandon = nullptr) override;

private:
    /// What a pass over one set needs.
    struct Scratch {
        std::vector<float> logits;
        torch::Tensor hidden, output;
    };

    Scratch scratchFor(const ClassifierData::Set& set) const;
    void score(const ClassifierData::Set& set, Scratch& scratch, std::span<float> scores);
    void scoreFused(const ClassifierData::Set& set, Scratch& scratch, std::span<float> scores);
    void scoreByTorch(const ClassifierData::Set& set, Scratch& scratch, std::span<float> scores);

    std::shared_ptr<const ClassifierData> data_;
    Mlp network_;
    std::optional<FusedMlp> fused_;
    Scratch train_;
    Scratch test_;
    std::vector<float> testScores_;
};

}  // namespace mergarium
