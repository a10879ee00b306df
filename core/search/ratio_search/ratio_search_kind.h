#pragma once

#include "core/fields/field_checker.h"
#include "core/search/search_space.h"
#include "core/search/shared_fields.h"
#include "core/search/strategy.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace mergarium {

/// Brute force over mixing ratios as a run's configuration says it.
struct RatioSearchSettings {
    static constexpr std::string_view kKind = "brute-force";
    static constexpr std::string_view kSummary = "mixing ratios of two founders, without split points";

    /// The best models that are kept.
    std::uint64_t archive = 20;
    RatioChoice ratio = UniformRatio{};
    Interpolation interpolation = Interpolation::Slerp;
    std::optional<bool> earlyRejection = std::nullopt;
    bool operator==(const RatioSearchSettings&) const = default;
};

void visit(FieldVisitor& visitor, RatioSearchSettings& settings);
StrategyTraits traitsOf(const RatioSearchSettings& settings);
inline std::optional<Violation> violationOf(const RatioSearchSettings&) { return std::nullopt; }
std::unique_ptr<Strategy> makeStrategy(const RatioSearchSettings& settings, const SearchSpace& space, Archive archive);

}  // namespace mergarium
