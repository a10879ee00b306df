#include "core/evaluation/experiment.h"

#include "core/compute/networks.h"
#include "core/evaluation/archive_hash.h"
#include "core/evaluation/preflight.h"
#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"
#include "core/parallel/parallel_for.h"
#include "core/tasks/causal_lm/questions.h"
#include "core/tasks/command/command_task.h"
#include "core/tasks/command/folder_genome_writer.h"
#include "core/tasks/digits/digits.h"

#include <fmt/format.h>

#include <stdexcept>
#include <thread>

namespace mergarium {
namespace {

/// Sharing a network smaller than this among threads costs more than it brings: 10.6 evaluations a second on one thread
/// and 5.8 on two with 820,736 parameters, measured with threads that wait passively.
constexpr std::uint64_t kWorthSharing = 5'000'000;

constexpr const char* kDigitsFile = "data/digits.csv.gz";

std::size_t threadsOf(const RunPlace& place) {
    return place.threads ? place.threads : std::max(1u, std::thread::hardware_concurrency());
}

/// What computes with libtorch.
void setUp(Experiment& experiment, std::shared_ptr<const Networks> networks, std::size_t threads) {
    experiment.device = networks->device();
    experiment.caution = networks->caution();
    experiment.threads = threads;
    experiment.useThreads = [networks = std::move(networks)](std::size_t count) { networks->useThreads(count); };
    experiment.useThreads(threads);
}

std::vector<Founder> digitsFounders(const Networks& networks, const Digits& digits,
                                    const RunConfiguration& configuration, const std::filesystem::path& resources) {
    const auto kind = std::get<DigitsFounders>(configuration.founders);
    const auto vectors = networks.digitsFounders(kind, digits, configuration.seed,
                                                 resources / "founders" / "reference-specialists.safetensors");
    const bool random = kind == DigitsFounders::Random;
    const char* names[] = {random ? "random 1" : "specialist 0-4", random ? "random 2" : "specialist 5-9"};
    std::vector<Founder> founders;
    for (std::size_t k = 0; k < vectors.size(); ++k) {
        // With mutation a child is no combination of founders, so nothing is kept of what it would be.
        std::optional<Recipe> recipe;
        if (configuration.splice.mutation == 0.0) recipe = founderRecipe(k, vectors.size(), vectors[k].size());
        founders.push_back({.name = names[k],
                            .genome = std::make_shared<const DenseGenome>(vectors[k], std::move(recipe)),
                            .hash = parametersHash(vectors[k]),
                            .source = {},
                            .bytes = vectors[k].size() * sizeof(float)});
    }
    return founders;
}

Experiment prepareDigits(const RunConfiguration& configuration, const RunPlace& place) {
    const std::shared_ptr<const Networks> networks = openNetworks(configuration.device, place.threads);
    const auto digits = readDigits(place.resources / kDigitsFile);
    Experiment experiment;
    experiment.makeTask = networks->digits(digits, std::make_shared<const SampleSet>(pictures(digits.train)));
    experiment.task = experiment.makeTask();
    experiment.breeding = std::make_unique<DenseBreeding>(tensorEndsOf(experiment.task->layout()));
    experiment.founders = digitsFounders(*networks, digits, configuration, place.resources);
    setUp(experiment, networks, threadsOf(place));
    return experiment;
}

std::uint64_t bytesOf(const FounderSource& source) {
    std::uint64_t bytes = 0;
    for (const auto& tensor : source.tensors()) bytes += tensor.byteSize();
    return bytes;
}

/// Where models are written for other programs: where the settings say, else beside the database.
std::filesystem::path scratchOf(const CommandSettings& settings, const RunPlace& place) {
    if (!settings.scratch.empty()) return settings.scratch;
    return place.database.empty() ? std::filesystem::temp_directory_path()
                                  : std::filesystem::absolute(place.database).parent_path();
}

TaskFactory commandTask(const CommandSettings& settings, const RunPlace& place, const OpenedFounders& opened) {
    return [settings, scratch = scratchOf(settings, place), abandon = place.abandon, samples = readSamples(settings),
            founders = opened.founders, sources = opened.sources] {
        return std::make_unique<CommandTask>(settings, founders->layout(), samples,
                                             makeGenomeWriter(settings.handover, scratch, founders, sources), abandon);
    };
}

/// Founders from files, once there is a task for them.
void addCheckpoints(const std::vector<CheckpointFounder>& named, const OpenedFounders& opened,
                    const std::filesystem::path& cache, const Announce& announce, Experiment& experiment) {
    experiment.gram = gramOf(opened, cache, announce);
    experiment.breeding = std::make_unique<RecipeBreeding>(experiment.gram);
    for (std::size_t k = 0; k < named.size(); ++k)
        experiment.founders.push_back({.name = opened.sources[k]->name(),
                                       .genome = std::make_shared<const RecipeGenome>(
                                           founderRecipe(k, named.size(), opened.founders->length()), experiment.gram),
                                       .hash = opened.founders->model(k).hash,
                                       .source = named[k],
                                       .bytes = bytesOf(*opened.sources[k])});
}

Experiment prepareCheckpoints(const RunConfiguration& configuration, const RunPlace& place, const Announce& announce) {
    const auto& named = std::get<std::vector<CheckpointFounder>>(configuration.founders);
    const auto cache = founderCache(place.database);
    if (const auto refusal = preflight(configuration).refusal) throw std::runtime_error(*refusal);
    const auto opened = openFounders(named, configuration.tensors, cache, announce);
    const bool worthSharing = opened.founders->length() >= kWorthSharing;
    Experiment experiment;
    // The task before the pass over all parameters: what doesn't fit is found in a moment.
    if (const auto* settings = std::get_if<CausalLmSettings>(&configuration.task)) {
        const std::shared_ptr<const Networks> networks = openNetworks(configuration.device, place.threads);
        experiment.makeTask = networks->causalLm(*settings, opened.sources.front()->base(), opened.founders);
        experiment.task = experiment.makeTask();
        experiment.taskMemory = opened.founders->layout().extent() * sizeof(float);
        addCheckpoints(named, opened, cache, announce, experiment);
        setUp(experiment, networks, worthSharing ? threadsOf(place) : 1);
    } else {
        experiment.makeTask = commandTask(std::get<CommandSettings>(configuration.task), place, opened);
        experiment.task = experiment.makeTask();
        addCheckpoints(named, opened, cache, announce, experiment);
        experiment.device = "another program";
        experiment.threads = worthSharing ? threadsOf(place) : 1;
        experiment.useThreads = &setParallelThreads;
        experiment.useThreads(experiment.threads);
    }
    return experiment;
}

}  // namespace

Experiment prepare(const RunConfiguration& configuration, const RunPlace& place, const Announce& announce) {
    setParallelThreads(threadsOf(place));
    return kindOf(configuration.task) == TaskKind::Digits ? prepareDigits(configuration, place)
                                                          : prepareCheckpoints(configuration, place, announce);
}

std::shared_ptr<const SampleSet> samplesOf(const RunConfiguration& configuration,
                                           const std::filesystem::path& resources) {
    if (const auto* settings = std::get_if<CausalLmSettings>(&configuration.task))
        return std::make_shared<const SampleSet>(samplesOf(readQuestions(*settings)));
    if (const auto* settings = std::get_if<CommandSettings>(&configuration.task))
        return std::make_shared<const SampleSet>(readSampleFile(settings->samples).set);
    return std::make_shared<const SampleSet>(pictures(readDigits(resources / kDigitsFile).train));
}

}  // namespace mergarium
