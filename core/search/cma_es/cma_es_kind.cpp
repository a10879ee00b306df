#include "core/search/cma_es/cma_es_kind.h"

#include "core/fields/field_visitor.h"
#include "core/search/cma_es/cma_es_search.h"
#include "core/search/cma_es/point_decoder.h"
#include "core/search/shared_fields.h"

namespace mergarium {
namespace {

// Of digits from scratch, whose parameters begin at a deviation of 0.01; and of mixing weights, which begin at 1 /
// founders.
constexpr double kWeightStep = 0.05;
constexpr double kMixingStep = 0.2;

constexpr std::string_view kCmaEsChanges[] = {"archive"};

CmaEs optimizerFrom(std::vector<double> mean, const CmaEsSearchSettings& settings, std::uint64_t seed, double step) {
    const auto covariance = mean.size() <= kMostFullDimensions ? Covariance::Full : Covariance::Diagonal;
    return CmaEs(std::move(mean), {.seed = seed,
                                   .step = settings.step.value_or(step),
                                   .covariance = covariance,
                                   .population = settings.population});
}

}  // namespace

void visit(FieldVisitor& visitor, CmaEsSearchSettings& settings) {
    visitArchiveSize(visitor, settings.archive);
    visitor.number({.key = "step",
                    .label = "First step",
                    .help = "The first standard deviation.",
                    .unset = "0.05 for network weights, 0.2 for mixing weights"},
                   settings.step, {.least = 0.0, .above = true});
    visitor.whole({.key = "population",
                   .label = "Population",
                   .help = "Samples a generation.",
                   .unset = "4 + 3 ln n for n dimensions"},
                  settings.population, {.least = 4, .most = 100'000, .zero = true});
    visitor.whole({.key = "layers",
                   .label = "Layers together",
                   .help = "How many neighbouring layers share their mixing weights."},
                  settings.layers, {.least = 1});
}

StrategyTraits traitsOf(const CmaEsSearchSettings& settings) {
    return {.slots = settings.archive,
            .changeable = kCmaEsChanges,
            .fixedBecause = "the distribution that it has learnt goes by them"};
}

/// Untrained founders have nothing to be mixed: their search is over the parameters, and begins where they were drawn
/// from.
std::unique_ptr<Strategy> makeStrategy(const CmaEsSearchSettings& settings, const SearchSpace& space, Archive archive) {
    if (space.untrained)
        return std::make_unique<CmaEsSearch>(
            optimizerFrom(std::vector<double>(space.layout.length(), 0.0), settings, space.seed, kWeightStep),
            networkWeights(), std::move(archive));
    auto groups = layerGroupEnds(space.layout, settings.layers);
    const std::vector<double> mean(groups.size() * space.founders.size(),
                                   1.0 / static_cast<double>(space.founders.size()));
    return std::make_unique<CmaEsSearch>(optimizerFrom(mean, settings, space.seed, kMixingStep),
                                         mixingWeights(space.founders, space.gram, std::move(groups)),
                                         std::move(archive));
}

}  // namespace mergarium
