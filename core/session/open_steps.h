#pragma once

#include "core/evaluation/evaluator.h"
#include "core/evaluation/known_models.h"
#include "core/search/strategy.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>

namespace mergarium {

/// Samples that models were scored on, and samples that needed no scoring.
struct SampleCounts {
    std::uint64_t scored = 0;
    std::uint64_t saved = 0;
};

/// A step that can be admitted.
struct OpenStep {
    Proposal proposal;
    Outcome outcome;
    /// The child, not yet kept (Breeding::keep).
    GenomePtr genome;
};

/// The steps that are proposed and not admitted yet, whose children an evaluator is at. What comes of a step depends on
/// the steps admitted before it alone, never on how many are open or which child was scored first.
///
/// The same model is never scored twice, and a child no further than until nothing could keep it (early rejection): it
/// is judged against the archive as it stood when it was proposed, and again when its turn to be admitted has come,
/// against the archive as it is then. If it isn't lost there, the rest of it is scored.
class OpenSteps {
public:
    /// The strategy, the evaluator, and what it knows must outlive it. `samples` is how many a child is scored on.
    OpenSteps(Strategy& strategy, Evaluator& evaluator, KnownModels& known, bool rejectsEarly, std::uint64_t samples);

    /// Of how many steps ahead children are scored: all that the evaluator has room for, or none.
    enum class Ahead { Full, None };
    /// What came of step `step`, which is to be admitted next: of the steps behind it, none lies beyond `last`.
    /// Absent when `abandon` is found set; then nothing is open any more.
    std::optional<OpenStep> next(std::uint64_t step, std::uint64_t last, Ahead ahead, const std::atomic<bool>& abandon);
    /// What came of a child that a person proposes for step `proposal.step`, scored whole. What is open is forgotten.
    /// Absent when `abandon` is found set.
    std::optional<OpenStep> byHand(Proposal proposal, const std::atomic<bool>& abandon);
    /// Forgets what is open: it is proposed again, and comes out the same.
    void drop();

    /// Of all children since the run began.
    const SampleCounts& counts() const { return counts_; }
    /// Goes on counting where a stored run was.
    void goOnFrom(const SampleCounts& counts) { counts_ = counts; }

private:
    void submit(Proposal proposal, ArchivePtr rivals);
    /// Of the first that is open; forgets all when `abandon` is found set.
    std::optional<OpenStep> decide(const std::atomic<bool>& abandon);
    /// Absent when `abandon` is found set.
    std::optional<Outcome> outcomeOf(Evaluated& child, const std::atomic<bool>& abandon);

    Strategy& strategy_;
    Evaluator& evaluator_;
    KnownModels& known_;
    bool rejectsEarly_;
    std::uint64_t samples_;
    std::deque<Proposal> open_;
    SampleCounts counts_;
};

}  // namespace mergarium
