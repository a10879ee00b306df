#pragma once

#include "core/archive/competition.h"
#include "core/checkpoint/layout.h"
#include "core/genome/genome.h"
#include "core/genome/gram.h"
#include "core/genome/splice.h"
#include "core/tasks/sample_set.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace mergarium {

/// What a strategy searches in: a run's founders and samples. Refers to the run's own, valid while the strategy is
/// made.
struct SearchSpace {
    const Layout& layout;
    const SampleSet& samples;
    std::vector<GenomePtr> founders;
    /// Null for dense genomes.
    GramPtr gram;
    /// Null: split points count elements.
    GenesPtr genes;
    /// The founders are random numbers: there is nothing in them to be mixed.
    bool untrained = false;
    /// Children that the run will score.
    std::uint64_t evaluations = 0;
    std::uint64_t seed = 0;
};

/// What split points count: elements of the parameter vector, or genes.
inline std::uint64_t lociOf(const SearchSpace& space) {
    return space.genes ? space.genes->size() : space.layout.length();
}

/// What the rest of a run asks of a strategy's settings.
struct StrategyTraits {
    /// Of the archive.
    std::size_t slots = 0;
    /// Every founder starts with a slot of its own; else the best of those that meet in one.
    bool foundersHaveSlots = true;
    CompetitionRule competition{.alpha = 0.0};
    /// The second parent is drawn by attraction.
    bool attraction = false;
    /// Standard deviation; above 0, children are no combinations of founders.
    double mutation = 0.0;
    /// Each cut for itself; none: the whole vector is one.
    std::vector<ChromosomeRule> chromosomes = {};
    /// What children inherit whole. It never changes while a run goes on.
    GeneKind genes = GeneKind::Elements;
    /// Absent: where scoring is more than one cheap batch.
    std::optional<bool> earlyRejection = std::nullopt;
    /// Why more evaluations would have been another search from the first step on; empty where they wouldn't.
    std::string_view plansByBudget = {};
    /// Keys of those of its parameters that may change from one step to the next.
    std::span<const std::string_view> changeable = {};
    /// Why the others may not; empty where there are no others.
    std::string_view fixedBecause = {};
    /// Founders may join a run that goes on.
    bool takesFounders = false;
};

/// Between tensors or layers, ascending; empty for Snap::None. Throws std::runtime_error where the network has no two.
std::vector<std::uint64_t> boundariesOf(Snap snap, const Layout& layout);

/// The rule's chromosomes; null without any. Throws std::runtime_error as Chromosomes does, and where the rule lets
/// split points lie between tensors or layers alone and a chromosome has no two.
ChromosomesPtr chromosomesOf(const SpliceRule& rule, const Layout& layout);

/// Where every `layers` >= 1 neighbouring layers end (core/checkpoint/layers.h), ascending to D.
std::vector<std::uint64_t> layerGroupEnds(const Layout& layout, std::size_t layers);

}  // namespace mergarium
