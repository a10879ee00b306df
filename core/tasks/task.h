#pragma once

#include "core/checkpoint/layout.h"
#include "core/tasks/sample_set.h"

#include <cstddef>
#include <memory>
#include <span>

namespace mergarium {

/// Something to be good at: samples, and the network that is scored on them. Used by one thread at a time.
/// A model is written into `parameters()`, then scored batch by batch. Knows no archive.
class Task {
public:
    virtual ~Task() = default;

    virtual std::shared_ptr<const SampleSet> samples() const = 0;
    virtual const Layout& layout() const = 0;

    /// The network's own flat parameter vector, in layout order: what lies here is what is scored.
    virtual std::span<float> parameters() = 0;
    /// To be called when `parameters()` holds a new model, before it is scored.
    virtual void parametersChanged() = 0;

    /// Scoring is done in this many batches; a stop request is obeyed between two.
    virtual std::size_t batchCount() const = 0;
    /// Scores the training samples of one batch; writes their entries, in [0, 1], of `scores` (one per training sample).
    virtual void scoreBatch(std::size_t batch, std::span<float> scores) = 0;
    /// Mean score on the held-out samples, in [0, 1].
    virtual double testScore() = 0;
};

/// Scores the model in `task.parameters()` on all training samples.
void scoreAll(Task& task, std::span<float> scores);

}  // namespace mergarium
