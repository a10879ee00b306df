#pragma once

#include "core/search/strategy.h"

#include <cstdint>

namespace mergarium {

/// The settings of M2N2; `rule.alpha` = 0 with `attraction` off is the plain genetic algorithm.
struct M2n2Settings {
    CompetitionRule rule;
    bool attraction = true;
    /// Off: a child has one parent, drawn by fitness, and differs from it by mutation alone.
    bool crossover = true;
    SpliceRule splice;
    /// D, the length of the parameter vector.
    std::uint64_t length = 0;
    std::uint64_t seed = 0;
};

/// Model Merging of Natural Niches (Abrantes, Lange, Tang, GECCO 2025, algorithm 1).
class M2n2 final : public Strategy {
public:
    /// Starts from `archive`: empty, or the members of a run that goes on.
    M2n2(M2n2Settings settings, Archive archive);

    /// Into the first empty slot.
    void settle(MemberPtr founder) override;
    Proposal propose(std::uint64_t step) override;
    Admission admit(Proposal proposal, Offspring child) override;
    void replay(const DecidedBirth& birth) override;
    bool isLost(std::span<const float> scores, const std::vector<bool>& scored) const override { return archive_.isLost(scores, scored); }
    const Archive& archive() const override { return archive_; }

private:
    M2n2Settings settings_;
    Archive archive_;
};

}  // namespace mergarium
