#pragma once

#include "core/checkpoint/layout.h"
#include "core/genome/genome.h"
#include "core/images/encoded_picture.h"
#include "core/tasks/attempt.h"
#include "core/tasks/sample_set.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace mergarium {

/// One model could not be scored; the task goes on with others. One sentence that says why.
class EvaluationFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Something to be good at: samples, and scoring models on them. Used by one thread at a time.
/// A model is loaded, then scored batch by batch. Batches never change, so a score depends on the model alone. Knows no
/// archive.
class Task {
public:
    virtual ~Task() = default;

    /// The training samples.
    virtual std::shared_ptr<const SampleSet> samples() const = 0;
    virtual const Layout& layout() const = 0;

    /// Takes over a model: what is scored from now on. May throw EvaluationFailure.
    virtual void load(const Genome& genome) = 0;

    /// Scoring is done in this many batches; a stop request is obeyed between two. They may be scored in any order.
    virtual std::size_t batchCount() const = 0;
    /// Which training samples a batch holds; every sample is in exactly one.
    virtual std::span<const std::uint32_t> batch(std::size_t index) const = 0;
    /// Scores the loaded model on one batch; writes the entries of its samples, in [0, 1], of `scores` (one per
    /// training sample). May throw EvaluationFailure.
    virtual void scoreBatch(std::size_t index, std::span<float> scores) = 0;
    /// Scores the loaded model on some of the training samples, ascending, as `scoreBatch` does, and says how it fared.
    /// Absent when `abandon` is found set, which is looked at within samples too where those take long. May throw
    /// EvaluationFailure.
    virtual std::optional<std::vector<Attempt>> attempt(std::span<const std::uint32_t> samples,
                                                        const std::atomic<bool>& abandon);
    /// Mean score of the loaded model on the held-out samples, in [0, 1]; absent when there are none, or when `abandon`
    /// is found set between two batches. May throw EvaluationFailure.
    virtual std::optional<double> testScore(const std::atomic<bool>* abandon = nullptr) = 0;
    /// What the loaded model answered to the training samples scored since it was loaded, one text per sample; empty
    /// where the task has no texts.
    virtual std::vector<std::string> answers() const { return {}; }
    /// What the loaded model painted for the training samples scored since it was loaded, one thumbnail per sample:
    /// at most kThumbnailSide pixels wide and high and kThumbnailBytes long; without bytes where a sample wasn't
    /// scored, or nothing came of it. Empty where the task paints nothing.
    virtual std::vector<EncodedPicture> pictures() const { return {}; }
    /// Tokens that models have read and written so far, for training and held-out samples alike; 0 where there are
    /// none.
    virtual std::uint64_t tokens() const { return 0; }
};

/// Makes tasks on the same samples, each with a network or program of its own. Any thread, also several at a time; each
/// task is used by the thread that it was made on or handed to. May throw EvaluationFailure.
using TaskFactory = std::function<std::unique_ptr<Task>()>;

/// An attempt at each of these samples that is yet to be scored, with what is right as far as the set knows it.
std::vector<Attempt> attemptsAt(std::span<const std::uint32_t> samples, const SampleSet& set);

/// Scores the loaded model on all training samples.
void scoreAll(Task& task, std::span<float> scores);

}  // namespace mergarium
