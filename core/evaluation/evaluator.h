#pragma once

#include "core/archive/archive.h"
#include "core/run/worker_standing.h"
#include "core/search/strategy.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mergarium {

/// What a model scored on those samples that it was asked about before it seemed lost.
struct PartlyScored {
    /// One per training sample; 0 where `scored` is not set.
    std::vector<float> scores;
    std::vector<bool> scored;
    /// How many are set.
    std::uint64_t count = 0;
    /// One text per sample; empty where the task has none.
    std::vector<std::string> answers = {};
    /// One thumbnail per sample; empty where the task paints nothing.
    std::vector<EncodedPicture> pictures = {};
};

/// A model that is to be scored on the training samples.
struct Candidate {
    /// Its place among the others: candidates are handed back in ascending order.
    std::uint64_t step = 0;
    /// Two parents to breed it of, or the model itself.
    std::variant<Mating, GenomePtr> model;
    /// Scoring ends as soon as the model is lost against these (Archive::isLost); null: it is scored whole.
    ArchivePtr rivals = nullptr;
    /// What is known of it already.
    std::optional<PartlyScored> begun = std::nullopt;
};

/// What came of a candidate. A function of the candidate alone, wherever and whenever it was scored.
struct Evaluated {
    std::uint64_t step = 0;
    /// The model, not yet kept (Breeding::keep).
    GenomePtr genome;
    /// What tells its contents from others' (genomeHash); empty where scoring costs less than knowing that.
    std::string content;
    std::variant<Scored, PartlyScored, Failed> result;
};

/// What people should know of how a run was scored: kind and sentence of an event of the run.
struct EvaluatorEvent {
    std::string kind;
    std::string text;
    bool operator==(const EvaluatorEvent&) const = default;
};

/// Scores models, any number of them at a time, on whatever computes. Used by one thread.
class Evaluator {
public:
    virtual ~Evaluator() = default;

    /// How many candidates it takes to keep it busy.
    virtual std::size_t capacity() const = 0;
    virtual void submit(Candidate candidate) = 0;
    /// The one with the lowest step of all that were submitted and not yet handed back, which must be one at least;
    /// waits for it. Absent when `abandon` is found set. Throws what an evaluation threw, unless it is that one model
    /// could not be scored.
    virtual std::optional<Evaluated> next(const std::atomic<bool>& abandon) = 0;
    /// Forgets all that were submitted and not yet handed back.
    virtual void drop() = 0;
    /// Mean score of a model on the held-out samples, in [0, 1]; before all candidates that aren't begun. Absent when
    /// there are none, or when `abandon`, which may be null, is found set. May throw EvaluationFailure.
    virtual std::optional<double> test(const GenomePtr& model, const std::atomic<bool>* abandon) = 0;

    /// Tokens that models have read and written so far; 0 where there are none.
    virtual std::uint64_t tokens() const = 0;
    /// What computes, in words: "CPU, 2 lanes".
    virtual std::string device() const = 0;

    // Of models that are scored elsewhere.
    /// Why nothing is being scored: one sentence; empty: something is.
    virtual std::string waitsFor() const { return {}; }
    virtual std::vector<WorkerStanding> workers() const { return {}; }
    /// Those since the last call; with `all`, what is known at the end, too.
    virtual std::vector<EvaluatorEvent> takeEvents([[maybe_unused]] bool all) { return {}; }
};

}  // namespace mergarium
