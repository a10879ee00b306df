#pragma once

#include "core/mating/parents.h"
#include "core/search/strategy.h"

#include <cstdint>
#include <vector>

namespace mergarium {

/// How the two parents are drawn: as the paper does, both by fitness, or both uniformly (random pairing: a control).
enum class ParentRule { Attraction, Fitness, Uniform };

/// What M2N2 goes by on one network; an archive with alpha = 0 and parents drawn by fitness make it the plain genetic
/// algorithm.
struct M2n2Rules {
    ParentRule parents = ParentRule::Attraction;
    /// Off: a child has one parent, drawn by fitness, and differs from it by mutation alone.
    bool crossover = true;
    SpliceRule splice = {};
    /// Where split points may lie; empty: anywhere.
    std::vector<std::uint64_t> boundaries = {};
    /// Null: the whole vector is one.
    ChromosomesPtr chromosomes = nullptr;
    /// Children proposed from the archive as it stood at the beginning of their block, at least 1; admitted in order,
    /// so what comes of them doesn't depend on when they are scored.
    std::uint64_t offspring = 1;
    /// A child that scores on every sample exactly as a member does is rejected.
    bool refuseDuplicates = false;
    /// D, the length of the parameter vector.
    std::uint64_t length = 0;
    std::uint64_t seed = 0;
};

/// Model Merging of Natural Niches (Abrantes, Lange, Tang, GECCO 2025, algorithm 1).
class M2n2 final : public Strategy {
public:
    /// Starts from `archive`: empty, or the members of a run that goes on.
    M2n2(M2n2Rules settings, Archive archive);

    void settle(MemberPtr founder) override;
    Proposal propose(std::uint64_t step) override;
    Admission admit(Proposal proposal, Offspring child) override;
    std::optional<Verdict> judge(const Scores& scores) override;
    std::optional<Verdict> judgeFounder(const Scores& scores) override { return archive_.judgeGuest(scores); }
    void replay(const DecidedBirth& birth) override;
    std::uint64_t lookahead() const override { return settings_.offspring; }
    ArchivePtr rivals() const override { return before_ ? before_ : snapshotOf(archive_); }
    bool isLost(std::span<const float> scores, const std::vector<bool>& scored) const override {
        return archive_.isLost(scores, scored);
    }
    const Archive& archive() const override { return archive_; }
    /// Between blocks of offspring alone: within one, parents may have left the archive.
    bool canCheckpoint(std::uint64_t step) const override;

private:
    Parents drawParentsOf(const Archive& archive, std::uint64_t step) const;
    bool isDuplicate(const Scores& scores) const;
    void enterBlockOf(std::uint64_t step);

    M2n2Rules settings_;
    Archive archive_;
    /// As it stood at the beginning of the block; null when a block is one child.
    ArchivePtr before_;
};

}  // namespace mergarium
