#include "core/evaluation/experiment.h"

#include "core/checkpoint/model_place.h"
#include "core/compute/networks.h"
#include "core/evaluation/archive_hash.h"
#include "core/evaluation/checkpoint_score.h"
#include "core/evaluation/preflight.h"
#include "core/evaluation/task_folders.h"
#include "core/files/scratch_place.h"
#include "core/founders/founder_genes.h"
#include "core/founders/founder_source.h"
#include "core/genes/unit_matching.h"
#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"
#include "core/parallel/parallel_for.h"
#include "core/tasks/open_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace mergarium {
namespace {

/// Sharing a network smaller than this among threads costs more than it brings: 10.6 evaluations a second on one thread
/// and 5.8 on two with 820,736 parameters, measured with threads that wait passively.
constexpr std::uint64_t kWorthSharing = 5'000'000;

std::size_t threadsOf(const RunPlace& place) {
    return place.threads ? place.threads : std::max(1u, std::thread::hardware_concurrency());
}

/// Opens the task, and says in `experiment` what computes it.
OpenedTask openTask(const RunConfiguration& configuration, const TaskInputs& inputs, Experiment& experiment) {
    return std::visit(
        [&](const auto& settings) {
            if constexpr (requires { mergarium::openTask(settings, inputs); }) {
                experiment.device = "another program";
                experiment.useThreads = &setParallelThreads;
                return mergarium::openTask(settings, inputs);
            } else {
                const std::shared_ptr<const Networks> networks =
                    openNetworks(configuration.device, inputs.place.threads);
                experiment.device = networks->device();
                experiment.caution = networks->caution();
                experiment.useThreads = [networks](std::size_t count) { networks->useThreads(count); };
                return networks->openTask(settings, inputs);
            }
        },
        configuration.task);
}

void take(OpenedTask& opened, Experiment& experiment) {
    experiment.makeTask = std::move(opened.makeTask);
    experiment.task = experiment.makeTask();
    experiment.taskMemory = opened.taskMemory;
    experiment.untrained = opened.untrained;
    if (!opened.caution.empty()) experiment.caution += (experiment.caution.empty() ? "" : " ") + opened.caution;
}

void useThreads(Experiment& experiment, std::size_t threads) {
    experiment.threads = threads;
    experiment.useThreads(threads);
}

/// How parameters of networks behind the first are rearranged before anything merges (tensors.align); may be empty.
using Rearrange = std::function<std::vector<float>(std::vector<float>)>;

Rearrange rearrangeTo(const OwnFounder& first, const Layout& layout, UnitAlignment align) {
    if (align == UnitAlignment::None) return {};
    return [first = first.parameters, layout, groups = unitGroupsOf(layout, nullptr, {}, "tensors.align")](
               std::vector<float> other) { return matchedTo(first, std::move(other), layout, groups); };
}

/// A network that joined those of the task: as it is stored, or from its file.
Founder networkOf(const JoinedFounder& joined, const Layout& layout, const Rearrange& rearrange,
                  std::optional<Recipe> recipe) {
    GenomePtr genome;
    if (!joined.packed.empty()) {
        genome = DenseGenome::unpack(joined.packed, layout.length());
    } else {
        refuseAdapters(joined.source);
        auto parameters = readNetwork(joined.source.base, layout);
        if (rearrange) parameters = rearrange(std::move(parameters));
        genome = std::make_shared<const DenseGenome>(std::move(parameters), std::move(recipe));
    }
    auto hash = parametersHash(dynamic_cast<const DenseGenome&>(*genome).values());
    return {.name = joined.name.empty() ? nameOfModel(joined.source.base) : joined.name,
            .genome = std::move(genome),
            .hash = std::move(hash),
            .source = {},
            .bytes = layout.length() * sizeof(float)};
}

/// Founders that the task brings: small networks, stored with the run.
Experiment prepareOwn(const RunConfiguration& configuration, const RunPlace& place,
                      std::span<const JoinedFounder> joined) {
    Experiment experiment;
    auto opened = openTask(
        configuration,
        {.place = place, .seed = configuration.seed, .own = std::get<OwnFounders>(configuration.founders)}, experiment);
    take(opened, experiment);
    const auto layout = experiment.task->layout();
    const auto rearrange = rearrangeTo(opened.founders.front(), layout, configuration.tensors.align);
    experiment.genes = genesOf(traitsOf(configuration.strategy).genes, layout, nullptr);
    experiment.breeding = std::make_unique<DenseBreeding>(tensorEndsOf(layout), experiment.genes);
    // With mutation a child is no combination of founders, so nothing is kept of what it would be.
    const auto recipeOf = [&](std::size_t k) -> std::optional<Recipe> {
        if (traitsOf(configuration.strategy).mutation != 0.0) return std::nullopt;
        return founderRecipe(k, opened.founders.size(), layout.length(), experiment.genes);
    };
    for (std::size_t k = 0; k < opened.founders.size(); ++k) {
        auto& [name, parameters] = opened.founders[k];
        if (rearrange && k > 0) parameters = rearrange(std::move(parameters));
        auto hash = parametersHash(parameters);
        const auto bytes = parameters.size() * sizeof(float);
        experiment.founders.push_back(
            {.name = name,
             .genome = std::make_shared<const DenseGenome>(std::move(parameters), recipeOf(k)),
             .hash = std::move(hash),
             .source = {},
             .bytes = bytes});
    }
    for (const auto& one : joined)
        experiment.founders.push_back(networkOf(one, layout, rearrange, recipeOf(experiment.founders.size())));
    useThreads(experiment, threadsOf(place));
    return experiment;
}

std::uint64_t bytesOf(const FounderSource& source) {
    std::uint64_t bytes = 0;
    for (const auto& tensor : source.tensors()) bytes += tensor.byteSize();
    return bytes;
}

/// Founders from files, once there is a task for them; the run began with the first `begunWith`.
void addCheckpoints(const std::vector<CheckpointFounder>& named, std::size_t begunWith, const OpenedFounders& opened,
                    const std::filesystem::path& cache, const Announce& announce, Experiment& experiment) {
    experiment.gram = gramOf(opened, cache, announce, begunWith, experiment.genes);
    experiment.breeding = std::make_unique<RecipeBreeding>(experiment.gram);
    for (std::size_t k = 0; k < named.size(); ++k)
        experiment.founders.push_back(
            {.name = opened.sources[k]->name(),
             .genome = std::make_shared<const RecipeGenome>(
                 founderRecipe(k, begunWith, opened.founders->length(), experiment.genes), experiment.gram),
             .hash = opened.founders->model(k).hash,
             .source = named[k],
             .bytes = bytesOf(*opened.sources[k])});
}

/// What is wrong with where computed tensors are kept; empty: nothing.
std::string cautionAbout(const OpenedFounders& founders) {
    const auto place = scratchPlace();
    const bool computed =
        std::ranges::any_of(founders.sources, [](const auto& source) { return !source->derivation().empty(); });
    if ((!computed && founders.align == UnitAlignment::None) || !liesInMemory(place)) return {};
    return fmt::format(
        "The tensors that adapters change, and those that are dequantised or rearranged, are kept in memory, since {} "
        "is a memory "
        "file "
        "system: name a folder on a disk in TMPDIR.",
        place.string());
}

Experiment prepareCheckpoints(const RunConfiguration& configuration, const RunPlace& place, const Announce& announce,
                              Hashes hashes, std::span<const JoinedFounder> joined) {
    auto named = std::get<std::vector<CheckpointFounder>>(configuration.founders);
    const auto begunWith = named.size();
    for (const auto& one : joined) named.push_back(one.source);
    const auto cache = founderCache(place.database);
    if (const auto refusal = preflight(configuration).refusal) throw std::runtime_error(*refusal);
    const auto founders = openFounders(named, rulesOf(configuration), cache, announce, hashes);
    Experiment experiment;
    // The task before the pass over all parameters: what doesn't fit is found in a moment.
    auto opened = openTask(
        configuration,
        {.place = place, .seed = configuration.seed, .founders = founders.founders, .sources = founders.sources},
        experiment);
    take(opened, experiment);
    if (experiment.caution.empty()) experiment.caution = cautionAbout(founders);
    for (const auto* sentences : {&founders.namings, &founders.loans})
        for (const auto& one : *sentences) experiment.caution += (experiment.caution.empty() ? "" : " ") + one;
    experiment.watch.emplace(founders.sources);
    experiment.genes =
        genesOf(traitsOf(configuration.strategy).genes, founders.founders->layout(), founders.sources.front().get());
    addCheckpoints(named, begunWith, founders, cache, announce, experiment);
    useThreads(experiment, founders.founders->length() >= kWorthSharing ? threadsOf(place) : 1);
    return experiment;
}

}  // namespace

Experiment prepare(const RunConfiguration& configuration, const RunPlace& place, const Announce& announce,
                   Hashes hashes, std::span<const JoinedFounder> joined) {
    setParallelThreads(threadsOf(place));
    return std::holds_alternative<OwnFounders>(configuration.founders)
               ? prepareOwn(configuration, place, joined)
               : prepareCheckpoints(configuration, place, announce, hashes, joined);
}

std::optional<Program> programOf(const RunConfiguration& configuration) {
    return std::visit(
        [](const auto& settings) -> std::optional<Program> {
            if constexpr (requires { mergarium::programOf(settings); })
                return mergarium::programOf(settings);
            else
                return std::nullopt;
        },
        configuration.task);
}

std::shared_ptr<const SampleSet> samplesOf(const RunConfiguration& configuration,
                                           const std::filesystem::path& resources) {
    return std::make_shared<const SampleSet>(samplesOf(configuration.task, foldersOf(configuration, resources)));
}

}  // namespace mergarium
