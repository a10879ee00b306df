#include "core/history/founder_breeding.h"

#include "core/evaluation/checkpoint_founders.h"
#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

void add(const FounderDescription& founder, GenomePtr genome, FounderBreeding& to) {
    if (founder.joined == 0)
        to.founders.push_back(std::move(genome));
    else
        to.joined[founder.joined] = std::move(genome);
}

/// Their vectors alone: recipes are put together apart, when they are asked for.
FounderBreeding ofNetworks(const RunReader& run) {
    const auto& layout = run.description()->layout;
    const auto& genes = run.description()->genes;
    FounderBreeding result{.breeding = std::make_unique<DenseBreeding>(tensorEndsOf(layout), genes), .founders = {}};
    const auto kept = run.founderGenomes();
    for (const auto& founder : run.description()->founders) {
        const auto packed = kept.find(founder.id);
        if (packed == kept.end()) throw std::runtime_error("The founders of this run weren't stored with it.");
        const auto genome = DenseGenome::unpack(packed->second, layout.length(), genes);
        if (!genome->recipe())
            throw std::runtime_error(
                "Mutation changes every parameter, so no member of this run is a mixture of its "
                "founders.");
        std::vector<float> values(layout.length());
        genome->materialize(values);
        add(founder, std::make_shared<const DenseGenome>(std::move(values)), result);
    }
    return result;
}

FounderBreeding ofFiles(const RunReader& run, const std::filesystem::path& database) {
    const auto& description = *run.description();
    std::vector<CheckpointFounder> sources;
    for (const auto& founder : description.founders) {
        if (founder.source.base.empty()) throw std::runtime_error("The founders of this run aren't known.");
        sources.push_back(founder.source);
    }
    const auto first = run.founders().size();
    const auto cache = founderCache(database);
    const auto opened = openFounders(sources, rulesOf(description.configuration), cache, nullptr, Hashes::Known);
    for (std::size_t k = 0; k < sources.size(); ++k)
        if (opened.founders->model(k).hash != description.founders[k].hash)
            throw std::runtime_error(fmt::format(
                "{}: it can't be told without reading all of it whether the founder is what the run began with.",
                sources[k].base.string()));
    if (opened.founders->layout() != description.layout)
        throw std::runtime_error("The founders' tensors aren't those that the run began with.");
    const auto gram = gramOf(opened, cache, nullptr, first, description.genes);
    FounderBreeding result{.breeding = std::make_unique<RecipeBreeding>(gram), .founders = {}};
    for (std::size_t k = 0; k < sources.size(); ++k)
        add(description.founders[k],
            std::make_shared<const RecipeGenome>(
                founderRecipe(k, first, description.layout.length(), description.genes), gram),
            result);
    return result;
}

}  // namespace

FounderBreeding founderBreeding(const RunReader& run, const std::filesystem::path& database) {
    return run.description()->genomes == GenomeKind::Dense ? ofNetworks(run) : ofFiles(run, database);
}

}  // namespace mergarium
