#pragma once

#include "core/fields/field_checker.h"
#include "core/search/search_space.h"
#include "core/search/strategy.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace mergarium {

/// M2N2 as a run's configuration says it; the defaults are the published ones.
struct M2n2Settings {
    static constexpr std::string_view kKind = "m2n2";
    static constexpr std::string_view kSummary =
        "competition for samples, attraction and split points, as the paper has them";

    /// Number of slots.
    std::uint64_t archive = 20;
    CompetitionRule competition;
    bool attraction = true;
    bool crossover = true;
    SpliceRule splice;
    /// Children bred from the archive as it stands, before any of them is admitted; 1: each sees what came of the one
    /// before.
    std::uint64_t offspring = 1;
    /// A child that scores on every sample exactly as a member does is not admitted.
    bool refuseDuplicates = false;
    std::optional<bool> earlyRejection = std::nullopt;
    bool operator==(const M2n2Settings&) const = default;
};

/// The plain genetic algorithm: M2N2 without its two ideas, unless they are asked for.
struct GaSettings : M2n2Settings {
    static constexpr std::string_view kKind = "ga";
    static constexpr std::string_view kSummary = "the plain genetic algorithm, without competition and attraction";
    GaSettings() {
        competition.alpha = 0.0;
        attraction = false;
    }
    bool operator==(const GaSettings&) const = default;
};

/// M2N2's competition with parents drawn uniformly: a control.
struct RandomPairingSettings : M2n2Settings {
    static constexpr std::string_view kKind = "random-pairing";
    static constexpr std::string_view kSummary = "competition, with parents drawn at random";
    RandomPairingSettings() { attraction = false; }
    bool operator==(const RandomPairingSettings&) const = default;
};

void visit(FieldVisitor& visitor, M2n2Settings& settings);
void visit(FieldVisitor& visitor, RandomPairingSettings& settings);
StrategyTraits traitsOf(const M2n2Settings& settings);
/// What the parameters can't be together; keys relative to the strategy's.
std::optional<Violation> violationOf(const M2n2Settings& settings);
std::unique_ptr<Strategy> makeStrategy(const M2n2Settings& settings, const SearchSpace& space, Archive archive);
std::unique_ptr<Strategy> makeStrategy(const RandomPairingSettings& settings, const SearchSpace& space,
                                       Archive archive);

}  // namespace mergarium
