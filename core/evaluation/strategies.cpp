#include "core/evaluation/experiment.h"
#include "core/genome/recipe_genome.h"
#include "core/random/random_stream.h"
#include "core/search/cma_es/cma_es_search.h"
#include "core/search/cma_es/point_decoder.h"
#include "core/search/m2n2/m2n2.h"
#include "core/search/map_elites/map_elites.h"
#include "core/search/ratio_search/ratio_search.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {
namespace {

// Of digits from scratch, whose parameters begin at a deviation of 0.01; and of mixing weights, which begin at 1 /
// founders.
constexpr double kWeightStep = 0.05;
constexpr double kMixingStep = 0.2;

/// Between tensors or layers; the end of the vector is no place to split it.
std::vector<std::uint64_t> boundariesOf(Snap snap, const Layout& layout) {
    if (snap == Snap::None) return {};
    auto ends = snap == Snap::Tensor ? tensorEndsOf(layout) : layerGroupEnds(layout, 1);
    if (ends.size() < 2)
        throw std::runtime_error(
            fmt::format("strategy.snap: the network has no two {}s to split between; use none.", nameOf(snap)));
    ends.pop_back();
    return ends;
}

M2n2Settings m2n2Settings(const RunConfiguration& c, const Layout& layout) {
    // The plain genetic algorithm is M2N2 with alpha = 0 and without attraction, which its configuration says.
    const auto parents = c.strategy == StrategyKind::RandomPairing ? ParentRule::Uniform
                         : c.attraction                            ? ParentRule::Attraction
                                                                   : ParentRule::Fitness;
    return {.parents = parents,
            .crossover = c.crossover,
            .splice = c.splice,
            .boundaries = boundariesOf(c.splice.snap, layout),
            .offspring = c.offspring,
            .refuseDuplicates = c.refuseDuplicates,
            .length = layout.length(),
            .seed = c.seed};
}

MapElitesSettings mapElitesSettings(const RunConfiguration& c, const Task& task) {
    return {.descriptors = describe(c.descriptors, *task.samples()),
            .cells = c.cells,
            .crossover = c.crossover,
            .splice = c.splice,
            .boundaries = boundariesOf(c.splice.snap, task.layout()),
            .length = task.layout().length(),
            .seed = c.seed};
}

RatioSearchSettings ratioSettings(const RunConfiguration& c) {
    RatioSearchSettings settings{.ratio = UniformRatio{}, .interpolation = c.splice.interpolation, .seed = c.seed};
    if (c.ratioGrid) settings.ratio = GridRatio{c.evaluations};
    if (const auto* beta = std::get_if<BetaRatio>(&c.splice.ratio)) settings.ratio = *beta;
    return settings;
}

/// Founders as parents who never leave.
std::vector<MemberPtr> foundersOf(const Experiment& experiment) {
    std::vector<MemberPtr> members;
    for (const auto& founder : experiment.founders)
        members.push_back(std::make_shared<const Member>(
            Member{.id = {members.size() + 1}, .genome = founder.genome, .scores = {}, .parentage = std::nullopt}));
    return members;
}

CmaEs optimizerFrom(std::vector<double> mean, const RunConfiguration& c, double step) {
    const auto covariance = mean.size() <= kMostFullDimensions ? Covariance::Full : Covariance::Diagonal;
    return CmaEs(std::move(mean), {.seed = c.seed,
                                   .step = c.evolution.step.value_or(step),
                                   .covariance = covariance,
                                   .population = c.evolution.population});
}

/// Untrained founders have nothing to be mixed: their search is over the parameters, and begins where they were drawn
/// from.
std::unique_ptr<Strategy> cmaEsSearch(const RunConfiguration& c, const Experiment& experiment, Archive archive) {
    const auto& layout = experiment.task->layout();
    if (const auto* digits = std::get_if<DigitsFounders>(&c.founders); digits && *digits == DigitsFounders::Random)
        return std::make_unique<CmaEsSearch>(optimizerFrom(std::vector<double>(layout.length(), 0.0), c, kWeightStep),
                                             networkWeights(), std::move(archive));

    std::vector<GenomePtr> founders;
    for (const auto& founder : experiment.founders) founders.push_back(founder.genome);
    auto groups = layerGroupEnds(layout, c.evolution.layers);
    const std::vector<double> mean(groups.size() * founders.size(), 1.0 / static_cast<double>(founders.size()));
    return std::make_unique<CmaEsSearch>(optimizerFrom(mean, c, kMixingStep),
                                         mixingWeights(std::move(founders), experiment.gram, std::move(groups)),
                                         std::move(archive));
}

}  // namespace

std::unique_ptr<Strategy> makeStrategy(const RunConfiguration& c, const Experiment& experiment, Archive archive) {
    switch (c.strategy) {
        case StrategyKind::MapElites:
            return std::make_unique<MapElites>(mapElitesSettings(c, *experiment.task), std::move(archive));
        case StrategyKind::CmaEs: return cmaEsSearch(c, experiment, std::move(archive));
        case StrategyKind::BruteForce:
            return std::make_unique<RatioSearch>(ratioSettings(c), foundersOf(experiment), std::move(archive));
        case StrategyKind::M2n2:
        case StrategyKind::Ga:
        case StrategyKind::RandomPairing: break;
    }
    return std::make_unique<M2n2>(m2n2Settings(c, experiment.task->layout()), std::move(archive));
}

}  // namespace mergarium
