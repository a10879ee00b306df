#pragma once

#include "core/archive/competition.h"
#include "core/archive/member.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

/// Whether a newcomer would stay.
struct Verdict {
    /// The slot that it would take; absent when it is the weakest itself.
    std::optional<std::size_t> slot;
    /// The newcomer's fitness among all A + 1 (paper, section 3.1).
    double fitness = 0.0;
};

/// What became of a newcomer.
struct Admission {
    /// The slot it took; absent when it was rejected.
    std::optional<std::size_t> slot;
    double fitness = 0.0;
    /// Who made room; null when the place was empty or the newcomer was rejected.
    MemberPtr replaced;

    bool accepted() const { return slot.has_value(); }
};

/// A fixed number of slots; the weakest leaves, newcomer included (paper, section 3.1 and algorithm 1).
/// Empty slots are absent models: they have fitness 0 and lose first. Knows no randomness and no tasks.
class Archive {
public:
    /// `slots` >= 1; every member has `samples` scores. `weights`, one per sample, multiply their capacities; none:
    /// all 1.
    Archive(std::size_t slots, std::size_t samples, CompetitionRule rule, std::vector<double> weights = {});

    /// Computes niches and fitness over the members and a newcomer with these scores together; the row with the
    /// smallest fitness has to leave (ties: the lowest slot; the newcomer counts as the last row). Changes nothing.
    Verdict judge(const Scores& newcomer);
    /// Judges the newcomer and, if it stays, puts it into its slot.
    Admission admit(MemberPtr newcomer);
    /// The same for a newcomer that stays in any case: of the members the weakest has to leave. Always names a slot.
    Verdict judgeGuest(const Scores& newcomer);
    /// Whether a newcomer is certain to leave, whatever it scores where `scored` is not set: against every member its
    /// fitness falls short even if it gets the best score there. Exact: never true of one that `judge` would let stay.
    bool isLost(std::span<const float> scores, const std::vector<bool>& scored) const;
    /// Puts a member into a slot without competition: founders, and archives read back. Null empties the slot.
    void place(std::size_t slot, MemberPtr member);

    /// One entry per slot, null where it is empty.
    const std::vector<MemberPtr>& slots() const { return slots_; }
    std::size_t memberCount() const;
    std::size_t sampleCount() const { return samples_; }
    const CompetitionRule& rule() const { return rule_; }
    const std::vector<double>& weights() const { return weights_; }

    /// Niches and fitness among the present members; fitness has one entry per slot, 0 where it is empty.
    const Niches& niches() const;
    const std::vector<double>& fitness() const;
    /// Their score rows, one per slot; an empty span for an empty slot.
    ScoreRows rows() const { return rows_; }

private:
    void compete() const;
    Verdict judge(const Scores& newcomer, bool stays);

    std::size_t samples_;
    CompetitionRule rule_;
    std::vector<double> weights_;
    std::vector<MemberPtr> slots_;
    std::vector<std::span<const float>> rows_;
    mutable bool stale_ = true;
    mutable Niches niches_;
    mutable std::vector<double> fitness_;
    Niches joint_;
};

/// Who stays where there are to be `most` of them at most, in order of their slots: one after another the weakest
/// leaves, as the competition among those that are left has it (ties: the oldest).
std::vector<MemberPtr> thoseThatStay(Archive archive, std::size_t most);

/// An archive as it stood at some moment. Any thread: see snapshotOf.
using ArchivePtr = std::shared_ptr<const Archive>;

/// A copy with everything worked out that its const functions would else work out when they are first asked.
ArchivePtr snapshotOf(const Archive& archive);

}  // namespace mergarium
