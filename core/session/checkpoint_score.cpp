#include "core/session/checkpoint_score.h"

#include "core/checkpoint/safetensors.h"
#include "core/genome/dense_genome.h"
#include "core/session/experiment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace mergarium {
namespace {

bool isNetwork(const std::map<std::string, TensorEntry>& entries, const Layout& layout) {
    return std::any_of(layout.tensors.begin(), layout.tensors.end(), [&](const auto& tensor) { return entries.contains(tensor.name); });
}

void readNetwork(const std::filesystem::path& path, const std::map<std::string, TensorEntry>& entries, const Layout& layout,
                 std::span<float> parameters) {
    for (const auto& tensor : layout.tensors) {
        const auto found = entries.find(tensor.name);
        if (found == entries.end()) throw std::runtime_error(fmt::format("{}: the tensor '{}' is missing.", path.string(), tensor.name));
        if (tensor.shape != found->second.shape)
            throw std::runtime_error(fmt::format("{}: the tensor '{}' has the shape [{}], the network needs [{}].", path.string(), tensor.name,
                                                 fmt::join(found->second.shape, ", "), fmt::join(tensor.shape, ", ")));
        const auto values = readFloatTensor(path, tensor.name);
        std::copy(values.begin(), values.end(), parameters.begin() + static_cast<std::ptrdiff_t>(tensor.begin));
    }
}

}  // namespace

std::vector<CheckpointScore> scoreCheckpoint(const std::filesystem::path& checkpoint, const RunConfiguration& configuration,
                                             const std::filesystem::path& resources, std::size_t threads) {
    const auto entries = readSafetensorsHeader(checkpoint).tensors;
    auto experiment = prepare(configuration, {.database = {}, .resources = resources, .threads = threads});
    auto& task = *experiment.task;
    std::vector<float> scores(task.samples()->size());
    std::vector<CheckpointScore> results;
    const auto score = [&](const std::string& model, std::vector<float> parameters) {
        task.load(DenseGenome(std::move(parameters)));
        scoreAll(task, scores);
        const double total = std::accumulate(scores.begin(), scores.end(), 0.0);
        results.push_back({model, total / static_cast<double>(scores.size()), task.testScore().value_or(0.0)});
    };

    if (isNetwork(entries, task.layout())) {
        std::vector<float> parameters(task.layout().length());
        readNetwork(checkpoint, entries, task.layout(), parameters);
        score(checkpoint.stem().string(), std::move(parameters));
        return results;
    }
    for (const auto& [name, entry] : entries) {
        auto values = readFloatTensor(checkpoint, name);
        if (values.size() != task.layout().length())
            throw std::runtime_error(fmt::format("{}: the tensor '{}' has {} values, the network has {} parameters.", checkpoint.string(), name,
                                                 values.size(), task.layout().length()));
        score(name, std::move(values));
    }
    if (results.empty()) throw std::runtime_error(fmt::format("{}: there are no tensors in this file.", checkpoint.string()));
    return results;
}

}  // namespace mergarium
