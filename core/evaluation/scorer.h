#pragma once

#include "core/archive/member.h"
#include "core/search/strategy.h"
#include "core/tasks/task.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mergarium {

/// A child after scoring.
struct Scoring {
    Scores scores;
    AnswersPtr answers;
    /// Samples scored before it was certain to be rejected; absent: all.
    std::optional<std::uint64_t> scored;
    bool abandoned = false;
};

/// Samples that models were scored on, and samples that needed no scoring.
struct SampleCounts {
    std::uint64_t scored = 0;
    std::uint64_t saved = 0;
};

/// Scores models on a task with as few forward passes as the archive's course allows: the same model never twice, and a
/// child no further than until nothing could keep it (early rejection). Of one thread.
class Scorer {
public:
    /// `rejectsEarly` absent: where scoring is more than one batch. `task` must outlive it.
    Scorer(Task& task, std::optional<bool> rejectsEarly);

    /// Whether scoring a model costs so little that nothing is done to save it.
    bool isCheap() const { return cheap_; }
    /// On all samples. May throw EvaluationFailure.
    Scoring scoreWhole(const Genome& model);
    /// A child that is to enter the archive of `strategy`. When `abandon` is found set between two batches the scoring
    /// is abandoned. May throw EvaluationFailure.
    Scoring score(const Genome& child, const Strategy& strategy, const std::atomic<bool>& abandon);

    /// Of all children since the run began.
    const SampleCounts& counts() const { return counts_; }
    /// Goes on counting where a stored run was.
    void goOnFrom(const SampleCounts& counts) { counts_ = counts; }

private:
    std::vector<std::size_t> batchOrder(const Archive& archive) const;
    AnswersPtr answers() const;

    Task& task_;
    bool cheap_;
    bool rejectsEarly_;
    std::vector<float> scores_;
    /// By sample: whether scores_ holds it for the child in hand.
    std::vector<bool> scored_;
    SampleCounts counts_;
    /// What models scored that were scored whole, by their contents. Empty where scoring is cheap.
    std::unordered_map<std::string, std::pair<Scores, AnswersPtr>> known_;
};

}  // namespace mergarium
