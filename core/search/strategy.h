#pragma once

#include "core/archive/archive.h"
#include "core/genome/splice.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
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

/// A scored child, whose genome is made only if it stays.
struct Offspring {
    MemberId id;
    Scores scores;
    std::function<GenomePtr()> genome;
    /// What it answered to every training sample; null where the task has no texts.
    AnswersPtr answers = nullptr;
};

/// What an earlier sitting decided at a step, read back to go on from.
struct DecidedBirth {
    std::uint64_t step = 0;
    /// Mean score over the training samples that were scored, which are all unless scoring was cut short.
    double train = 0.0;
    /// Where it sits; absent when it was rejected.
    std::optional<std::size_t> slot;
    /// With genome; null when it was rejected.
    MemberPtr child;
};

/// The member that a child becomes when it is accepted.
MemberPtr memberOf(Proposal proposal, Offspring child);
/// Puts a founder into the first empty slot, if there is one.
void settleInEmptySlot(Archive& archive, MemberPtr founder);
/// The child takes the place of the weakest, unless it is the weakest itself (paper, algorithm 1).
Admission admitUnlessWeakest(Archive& archive, Proposal proposal, Offspring child);

/// A search: proposes what to score next, admits the scored child. Deterministic for a seed: step t of a resumed run is
/// step t of the one that was never interrupted. Knows no threads, SQL or networks.
class Strategy {
public:
    virtual ~Strategy() = default;
    /// Takes a founder in, before the first step; it need not stay in the archive.
    virtual void settle(MemberPtr founder) = 0;
    /// What step `step` (1, 2, ...) scores, given everything admitted before.
    virtual Proposal propose(std::uint64_t step) = 0;
    virtual Admission admit(Proposal proposal, Offspring child) = 0;
    /// Repeats what was decided at a step, in place of `admit`, in order of the steps.
    virtual void replay(const DecidedBirth& birth) = 0;
    /// Whether a child is certain to be rejected, whatever its unscored samples bring: `scores` holds its
    /// scores where `scored` is set. False where that can't be known.
    virtual bool isLost(std::span<const float> scores, const std::vector<bool>& scored) const = 0;
    /// What the strategy knows beyond its archive (a distribution, ...), to be kept with the archive's checkpoint;
    /// empty when nothing.
    virtual std::vector<std::byte> state() const { return {}; }
    /// Takes over a kept state. Throws std::runtime_error when it doesn't fit.
    virtual void restore(std::span<const std::byte>) {}
    /// Whether the archive and `state` are all it takes to go on after the last step.
    virtual bool canCheckpoint() const { return true; }
    virtual const Archive& archive() const = 0;
};

}  // namespace mergarium
