#include "core/evaluation/checkpoint_score.h"

#include "core/checkpoint/not_finite.h"
#include "core/checkpoint/safetensors.h"
#include "core/evaluation/experiment.h"
#include "core/genome/dense_genome.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

bool isNetwork(const std::map<std::string, TensorEntry>& entries, const Layout& layout) {
    return std::any_of(layout.tensors.begin(), layout.tensors.end(),
                       [&](const auto& tensor) { return entries.contains(tensor.name); });
}

void readTensors(const std::filesystem::path& path, const std::map<std::string, TensorEntry>& entries,
                 const Layout& layout, std::span<float> parameters) {
    for (const auto& tensor : layout.tensors) {
        const auto found = entries.find(tensor.name);
        if (found == entries.end())
            throw std::runtime_error(fmt::format("{}: the tensor '{}' is missing.", path.string(), tensor.name));
        if (tensor.shape != found->second.shape)
            throw std::runtime_error(fmt::format("{}: the tensor '{}' has the shape [{}], the network needs [{}].",
                                                 path.string(), tensor.name, fmt::join(found->second.shape, ", "),
                                                 fmt::join(tensor.shape, ", ")));
        const auto values = readFloatTensor(path, tensor.name);
        std::copy(values.begin(), values.end(), parameters.begin() + static_cast<std::ptrdiff_t>(tensor.begin));
    }
}

CheckpointScore scoreOf(const std::string& model, const Genome& genome, Task& task) {
    const auto samples = task.samples();
    std::vector<float> scores(samples->size());
    task.load(genome);
    scoreAll(task, scores);
    CheckpointScore result{.model = model, .train = Scores(scores).mean(), .test = std::nullopt, .groups = {}};
    std::vector<std::pair<double, std::size_t>> sums(samples->groupNames.size());
    for (std::size_t j = 0; j < scores.size(); ++j) {
        sums[samples->groups[j]].first += static_cast<double>(scores[j]);
        ++sums[samples->groups[j]].second;
    }
    for (std::size_t group = 0; group < sums.size(); ++group)
        if (sums[group].second > 0)
            result.groups.emplace_back(samples->groupNames[group],
                                       sums[group].first / static_cast<double>(sums[group].second));
    result.test = task.testScore();
    return result;
}

std::vector<CheckpointScore> scoreDigits(const std::filesystem::path& checkpoint, Task& task) {
    const auto entries = readSafetensorsHeader(checkpoint).tensors;
    std::vector<CheckpointScore> results;
    if (isNetwork(entries, task.layout())) {
        std::vector<float> parameters(task.layout().length());
        readTensors(checkpoint, entries, task.layout(), parameters);
        return {scoreOf(checkpoint.stem().string(), DenseGenome(std::move(parameters)), task)};
    }
    for (const auto& [name, entry] : entries) {
        auto values = readFloatTensor(checkpoint, name);
        if (values.size() != task.layout().length())
            throw std::runtime_error(fmt::format("{}: the tensor '{}' has {} values, the network has {} parameters.",
                                                 checkpoint.string(), name, values.size(), task.layout().length()));
        results.push_back(scoreOf(name, DenseGenome(std::move(values)), task));
    }
    if (results.empty())
        throw std::runtime_error(fmt::format("{}: there are no tensors in this file.", checkpoint.string()));
    return results;
}

}  // namespace

void refuseAdapters(const CheckpointFounder& network) {
    if (network.adapter.empty()) return;
    throw std::runtime_error(fmt::format("{}: an adapter is no network like this run's founders.",
                                         network.adapter.all().front().path.string()));
}

std::vector<float> readNetwork(const std::filesystem::path& path, const Layout& layout) {
    const auto file = std::filesystem::is_directory(path) ? path / "model.safetensors" : path;
    std::vector<float> parameters(layout.length());
    readTensors(file, readSafetensorsHeader(file).tensors, layout, parameters);
    for (const auto& tensor : layout.tensors) {
        const auto values = std::span(parameters).subspan(tensor.begin, tensor.count);
        const auto flaws = countNotFinite(DType::F32, std::as_bytes(values));
        if (flaws.any())
            throw std::runtime_error(fmt::format(
                "{}: numbers that are not finite can't be mixed, and there are some in {} ({} NaN, {} infinite).",
                file.string(), tensor.name, flaws.nans, flaws.infinities));
    }
    return parameters;
}

std::vector<CheckpointScore> scoreCheckpoint(const CheckpointFounder& checkpoint, const RunConfiguration& configuration,
                                             const std::filesystem::path& resources, std::size_t threads,
                                             const MayStart& mayStart) {
    const RunPlace place{.database = {}, .resources = resources, .threads = threads, .mayStart = mayStart};
    if (std::holds_alternative<OwnFounders>(configuration.founders)) {
        refuseAdapters(checkpoint);
        return scoreDigits(checkpoint.base, *prepare(configuration, place).task);
    }
    auto alone = configuration;
    alone.founders = std::vector<CheckpointFounder>{checkpoint};
    alone.tensors = {};
    const auto experiment = prepare(alone, place);
    return {scoreOf(experiment.founders.front().name, *experiment.founders.front().genome, *experiment.task)};
}

}  // namespace mergarium
