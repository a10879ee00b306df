#include "core/search/ratio_search/ratio_search_kind.h"

#include "core/search/ratio_search/ratio_search.h"

namespace mergarium {
namespace {

constexpr std::string_view kRatioChanges[] = {"archive", "ratio", "interpolation", "early_rejection"};
constexpr std::string_view kGridChanges[] = {"archive", "interpolation", "early_rejection"};

}  // namespace

void visit(FieldVisitor& visitor, RatioSearchSettings& settings) {
    visitArchiveSize(visitor, settings.archive);
    RatioField ratio(settings.ratio, true);
    visitor.structured({.key = "ratio",
                        .label = "Mixing ratio",
                        .help = "Of the whole network: uniform in 0 to 1, Beta(a, a), or at equal distances (grid)."},
                       ratio);
    visitInterpolation(visitor, settings.interpolation);
    visitEarlyRejection(visitor, settings.earlyRejection);
}

/// A grid is laid for all evaluations, from the first on.
StrategyTraits traitsOf(const RatioSearchSettings& settings) {
    const bool grid = std::holds_alternative<EvenRatios>(settings.ratio);
    return {.slots = settings.archive,
            .earlyRejection = settings.earlyRejection,
            .plansByBudget = grid ? "a grid has as many ratios as there are evaluations" : "",
            .changeable = grid ? std::span<const std::string_view>(kGridChanges) : kRatioChanges,
            .fixedBecause = grid ? "a grid of ratios is laid before the first evaluation" : ""};
}

std::unique_ptr<Strategy> makeStrategy(const RatioSearchSettings& settings, const SearchSpace& space, Archive archive) {
    RatioSearchRules rules{.ratio = UniformRatio{}, .interpolation = settings.interpolation, .seed = space.seed};
    if (std::holds_alternative<EvenRatios>(settings.ratio)) rules.ratio = GridRatio{space.evaluations};
    if (const auto* beta = std::get_if<BetaRatio>(&settings.ratio)) rules.ratio = *beta;
    // Parents who never leave.
    std::vector<MemberPtr> founders;
    for (const auto& genome : space.founders)
        founders.push_back(std::make_shared<const Member>(
            Member{.id = {founders.size() + 1}, .genome = genome, .scores = {}, .parentage = std::nullopt}));
    return std::make_unique<RatioSearch>(rules, std::move(founders), std::move(archive));
}

}  // namespace mergarium
