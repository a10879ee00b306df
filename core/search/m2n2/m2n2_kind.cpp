#include "core/search/m2n2/m2n2_kind.h"

#include "core/search/m2n2/m2n2.h"
#include "core/search/shared_fields.h"

namespace mergarium {
namespace {

/// All of them: what it knows is its archive.
constexpr std::string_view kM2n2Changes[] = {
    "archive",     "alpha",   "epsilon", "capacity",      "baseline",          "attraction",
    "crossover",   "splits",  "ratio",   "interpolation", "mutation",          "snap",
    "chromosomes", "inherit", "chance",  "offspring",     "refuse_duplicates", "early_rejection"};

void visitAll(FieldVisitor& visitor, M2n2Settings& settings, bool drawsByFitness) {
    visitArchiveSize(visitor, settings.archive);
    visitCompetition(visitor, settings.competition);
    if (drawsByFitness)
        visitor.boolean({.key = "attraction",
                         .label = "Attraction",
                         .help = "The second parent is drawn by what the first lacks; off: both are drawn by fitness."},
                        settings.attraction);
    visitBreeding(visitor, settings.crossover, settings.splice);
    visitor.whole({.key = "offspring",
                   .label = "Children at a time",
                   .help = "Bred from the archive as it stands, before any of them is admitted: as many can be scored "
                           "at the same time; 1: each sees what came of the one before."},
                  settings.offspring, {.least = 1, .most = 10'000});
    visitor.boolean({.key = "refuse_duplicates",
                     .label = "Duplicates refused",
                     .help = "A child that scores on every sample exactly as a member does is not admitted."},
                    settings.refuseDuplicates);
    visitEarlyRejection(visitor, settings.earlyRejection);
}

std::unique_ptr<Strategy> makeM2n2(const M2n2Settings& settings, ParentRule parents, const SearchSpace& space,
                                   Archive archive) {
    return std::make_unique<M2n2>(M2n2Rules{.parents = parents,
                                            .crossover = settings.crossover,
                                            .splice = settings.splice,
                                            .boundaries = boundariesOf(settings.splice.snap, space.layout),
                                            .chromosomes = chromosomesOf(settings.splice, space.layout),
                                            .offspring = settings.offspring,
                                            .refuseDuplicates = settings.refuseDuplicates,
                                            .length = lociOf(space),
                                            .seed = space.seed},
                                  std::move(archive));
}

}  // namespace

void visit(FieldVisitor& visitor, M2n2Settings& settings) { visitAll(visitor, settings, true); }
void visit(FieldVisitor& visitor, RandomPairingSettings& settings) { visitAll(visitor, settings, false); }

StrategyTraits traitsOf(const M2n2Settings& settings) {
    return {.slots = settings.archive,
            .competition = settings.competition,
            .attraction = settings.attraction,
            .mutation = settings.splice.mutation,
            .chromosomes = settings.splice.chromosomes,
            .genes = settings.splice.genes,
            .earlyRejection = settings.earlyRejection,
            .changeable = kM2n2Changes,
            .takesFounders = true};
}

std::optional<Violation> violationOf(const M2n2Settings& settings) {
    return violationOfBreeding(settings.crossover, settings.splice);
}

std::unique_ptr<Strategy> makeStrategy(const M2n2Settings& settings, const SearchSpace& space, Archive archive) {
    return makeM2n2(settings, settings.attraction ? ParentRule::Attraction : ParentRule::Fitness, space,
                    std::move(archive));
}

std::unique_ptr<Strategy> makeStrategy(const RandomPairingSettings& settings, const SearchSpace& space,
                                       Archive archive) {
    return makeM2n2(settings, ParentRule::Uniform, space, std::move(archive));
}

}  // namespace mergarium
