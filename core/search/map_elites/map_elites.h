#pragma once

#include "core/search/map_elites/descriptors.h"
#include "core/search/strategy.h"

#include <cstdint>
#include <vector>

namespace mergarium {

struct MapElitesRules {
    std::vector<Descriptor> descriptors;
    /// Intervals a descriptor; the archive has cells^descriptors slots.
    std::size_t cells = 10;
    bool crossover = true;
    SpliceRule splice = {};
    /// Where split points may lie; empty: anywhere.
    std::vector<std::uint64_t> boundaries = {};
    /// Null: the whole vector is one.
    ChromosomesPtr chromosomes = nullptr;
    /// D, the length of the parameter vector.
    std::uint64_t length = 0;
    std::uint64_t seed = 0;
};

/// MAP-Elites (Mouret, Clune: "Illuminating search spaces by mapping elites", arXiv 1504.04909, figure 2): a slot is a
/// cell of behaviour space and keeps the best model ever seen there, by total score. Parents come from
/// two different cells, drawn by total score as in the code of the M2N2 paper (Mouret and Clune draw uniformly);
/// children are bred as M2N2's are. Which cell a child belongs to isn't known before its last sample, so none is
/// certain to be lost before.
class MapElites final : public Strategy {
public:
    /// Starts from `archive`, whose slots are the cells.
    MapElites(MapElitesRules settings, Archive archive);

    void settle(MemberPtr founder) override;
    Proposal propose(std::uint64_t step) override;
    Admission admit(Proposal proposal, Offspring child) override;
    std::optional<Verdict> judge(const Scores& scores) override;
    std::optional<Verdict> judgeFounder(const Scores& scores) override { return judge(scores); }
    void replay(const DecidedBirth& birth) override;
    const Archive& archive() const override { return archive_; }

private:
    bool isElite(const Scores& scores, std::size_t cell) const;

    MapElitesRules settings_;
    Archive archive_;
};

}  // namespace mergarium
