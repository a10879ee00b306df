#pragma once

#include "core/fields/field_checker.h"
#include "core/search/search_space.h"
#include "core/search/strategy.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace mergarium {

/// CMA-ES as a run's configuration says it: over mixing weights, or over the parameters of untrained networks.
struct CmaEsSearchSettings {
    static constexpr std::string_view kKind = "cma-es";
    static constexpr std::string_view kSummary = "evolution of mixing weights, or of the weights of untrained networks";

    /// The best models that are kept to be seen.
    std::uint64_t archive = 20;
    /// The first standard deviation; absent: 0.05 for network weights, 0.2 for mixing weights.
    std::optional<double> step = std::nullopt;
    /// Samples a generation; 0: 4 + floor(3 ln n).
    std::uint64_t population = 0;
    /// How many neighbouring layers share their mixing weights.
    std::uint64_t layers = 1;
    bool operator==(const CmaEsSearchSettings&) const = default;
};

void visit(FieldVisitor& visitor, CmaEsSearchSettings& settings);
StrategyTraits traitsOf(const CmaEsSearchSettings& settings);
inline std::optional<Violation> violationOf(const CmaEsSearchSettings&) { return std::nullopt; }
std::unique_ptr<Strategy> makeStrategy(const CmaEsSearchSettings& settings, const SearchSpace& space, Archive archive);

}  // namespace mergarium
