#pragma once

#include "core/search/strategy.h"

#include <cstdint>
#include <variant>
#include <vector>

namespace mergarium {

/// Ratios at equal distances from 0 to 1, as many as the budget has steps.
struct GridRatio {
    std::uint64_t evaluations = 1;
    bool operator==(const GridRatio&) const = default;
};

struct RatioSearchRules {
    std::variant<UniformRatio, BetaRatio, GridRatio> ratio = UniformRatio{};
    Interpolation interpolation = Interpolation::Slerp;
    std::uint64_t seed = 0;
};

/// Brute force, the paper's baseline without evolution (section 4.1: 10,000 ratios): every child is a mixture of two
/// founders with one ratio for the whole vector; with more than two founders their pairs take turns. The archive keeps
/// the best models by total score.
class RatioSearch final : public Strategy {
public:
    /// `archive` competes with alpha = 0. `founders`, at least two, with genomes.
    RatioSearch(RatioSearchRules settings, std::vector<MemberPtr> founders, Archive archive);

    void settle(MemberPtr founder) override;
    Proposal propose(std::uint64_t step) override;
    Admission admit(Proposal proposal, Offspring child) override;
    void replay(const DecidedBirth& birth) override;
    std::uint64_t lookahead() const override { return kBlock; }
    ArchivePtr rivals() const override { return before_ ? before_ : snapshotOf(archive_); }
    bool isLost(std::span<const float> scores, const std::vector<bool>& scored) const override {
        return archive_.isLost(scores, scored);
    }
    const Archive& archive() const override { return archive_; }
    bool canCheckpoint(std::uint64_t step) const override { return step % kBlock == 0; }

private:
    /// No proposal depends on the archive; what a child can be lost against does, and has to be kept.
    static constexpr std::uint64_t kBlock = 64;

    void enterBlockOf(std::uint64_t step);
    double ratioOf(std::uint64_t step, std::uint64_t pair, std::uint64_t pairs) const;

    RatioSearchRules settings_;
    std::vector<MemberPtr> founders_;
    Archive archive_;
    /// As it stood at the beginning of the block; null when a run goes on within one.
    ArchivePtr before_;
};

}  // namespace mergarium
