#pragma once

#include "core/archive/archive.h"
#include "core/genome/splice.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace mergarium {

/// Two members and how they are to be bred.
struct Mating {
    MemberPtr first;
    MemberPtr second;
    Splice splice;
};

/// A model that the strategy made itself, as evolution strategies do: it has no parents.
struct Sampled {
    GenomePtr genome;
};

/// What a step is to score. Move-only: `admit` consumes what `propose` returned, so no step is admitted twice.
struct Proposal {
    Proposal(std::uint64_t atStep, std::variant<Mating, Sampled> by) : step(atStep), how(std::move(by)) {}
    Proposal(Proposal&&) = default;
    Proposal& operator=(Proposal&&) = default;

    std::uint64_t step;
    std::variant<Mating, Sampled> how;

    const Mating* mating() const { return std::get_if<Mating>(&how); }
};

/// A child that was scored on every training sample.
struct Scored {
    Scores scores;
    /// What it answered to every training sample; null where the task has no texts.
    AnswersPtr answers = nullptr;
    /// What it painted for every training sample; null where the task paints nothing.
    PicturesPtr pictures = nullptr;
};

/// A child that nothing could keep: scoring ended before its last sample.
struct CutShort {
    /// Samples that were scored, and the mean score on these.
    std::uint64_t scored = 0;
    double mean = 0.0;
};

/// A child that could not be scored: one sentence that says why.
struct Failed {
    std::string why;
};

/// What came of scoring a child.
using Outcome = std::variant<Scored, CutShort, Failed>;

/// The mean score that an outcome shows; 0 of what failed.
double meanOf(const Outcome& outcome);

/// A child back from scoring. Its genome is made only if it stays.
struct Offspring {
    MemberId id;
    Outcome outcome;
    std::function<GenomePtr()> genome;
};

/// What an earlier sitting decided at a step, read back to go on from.
struct DecidedBirth {
    std::uint64_t step = 0;
    /// Mean score over the training samples that were scored, which are all unless scoring was cut short.
    double train = 0.0;
    /// Where it sits; absent when it was rejected, or failed.
    std::optional<std::size_t> slot;
    /// With genome; null when it was rejected, or failed.
    MemberPtr child;
};

/// The member that a child becomes when it is accepted; it must have been scored.
MemberPtr memberOf(Proposal proposal, Offspring child);
/// Puts a founder into the first empty slot, if there is one.
void settleInEmptySlot(Archive& archive, MemberPtr founder);
/// The child takes the place of the weakest, unless it is the weakest itself (paper, algorithm 1), or not scored whole.
Admission admitUnlessWeakest(Archive& archive, Proposal proposal, Offspring child);

/// A search: proposes what to score next, admits what comes of it. Deterministic for a seed: step t of a resumed run is
/// step t of the one that was never interrupted. Knows no threads, SQL or networks.
///
/// The steps fall into blocks of `lookahead()`, the first of which begins at step 1. What the steps of a block propose
/// doesn't depend on what comes of one another, so all of them may be proposed, in order, before the first is admitted.
/// A step that isn't admitted yet may be proposed again, and is the same. They are admitted in order.
class Strategy {
public:
    virtual ~Strategy() = default;
    /// Takes a founder in, before the first step; it need not stay in the archive.
    virtual void settle(MemberPtr founder) = 0;
    /// What step `step` (1, 2, ...) scores, given everything admitted before its block.
    virtual Proposal propose(std::uint64_t step) = 0;
    /// Takes in what came of a step, whatever it is.
    virtual Admission admit(Proposal proposal, Offspring child) = 0;
    /// What `admit` would decide now of a child of any two members, with these scores. Absent where the strategy takes
    /// in nothing but what it has proposed.
    virtual std::optional<Verdict> judge(const Scores&) { return std::nullopt; }
    /// What becomes of a founder that joins now, and would take the next step: it sits where the verdict says. Without
    /// a slot: there is no place for it. Absent where a founder can't join any more.
    virtual std::optional<Verdict> judgeFounder(const Scores&) { return std::nullopt; }
    /// Repeats what an earlier sitting decided at a step, in place of `admit`; so does a founder join.
    virtual void replay(const DecidedBirth& birth) = 0;
    virtual std::uint64_t lookahead() const { return 1; }
    /// The archive as it stands for the step last proposed, that is at the beginning of its block: a child that is lost
    /// against it (Archive::isLost) needn't be scored further for now. Null where that can't be known.
    virtual ArchivePtr rivals() const { return nullptr; }
    /// Whether a child would be rejected now, whatever its unscored samples bring: `scores` holds its scores where
    /// `scored` is set. False where that can't be known.
    virtual bool isLost(std::span<const float>, const std::vector<bool>&) const { return false; }
    /// What the strategy knows beyond its archive (a distribution, ...), to be kept with the archive's checkpoint;
    /// empty when nothing.
    virtual std::vector<std::byte> state() const { return {}; }
    /// Takes over a kept state. Throws std::runtime_error when it doesn't fit.
    virtual void restore(std::span<const std::byte>) {}
    /// Whether archive and `state`, as they are after `step`, are all it takes to go on from there.
    virtual bool canCheckpoint(std::uint64_t) const { return true; }
    virtual const Archive& archive() const = 0;
};

/// The last step of the block that `step` belongs to.
inline std::uint64_t blockEnd(const Strategy& strategy, std::uint64_t step) {
    const auto length = strategy.lookahead();
    return (step + length - 1) / length * length;
}

}  // namespace mergarium
