#include "core/session/experiment.h"

#include "core/genome/dense_genome.h"
#include "core/search/m2n2.h"
#include "core/tasks/classifier.h"
#include "core/tasks/digits.h"
#include "core/tasks/digits_founders.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <stdexcept>
#include <thread>

namespace mergarium {
namespace {

constexpr const char* kDigitsFile = "data/digits.csv.gz";

torch::Device deviceOf(const std::string& name) {
    if (name == "cpu" || (name == "auto" && !at::hasCUDA())) return torch::kCPU;
    if (!at::hasCUDA()) throw std::runtime_error(fmt::format("device: '{}' was asked for, but this libtorch finds no CUDA device; use cpu.", name));
    const auto device = name == "auto" || name == "cuda" ? torch::Device(torch::kCUDA, 0) : torch::Device(name);
    const auto count = static_cast<int>(at::detail::getCUDAHooks().getNumGPUs());
    if (device.index() >= count) throw std::runtime_error(fmt::format("device: '{}' was asked for, but there are only {} CUDA devices.", name, count));
    return device;
}

}  // namespace

Experiment prepare(const RunConfiguration& configuration, const std::filesystem::path& resources, std::size_t threads) {
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    at::set_num_threads(static_cast<int>(threads));
    const auto device = deviceOf(configuration.device);
    const auto digits = readDigits(resources / kDigitsFile);
    auto samples = std::make_shared<const SampleSet>(pictures(digits.train));
    return {.task = std::make_unique<ClassifierTask>(digits.train, digits.test, std::move(samples), Mlp::Shape{}, device),
            .breeding = std::make_unique<DenseBreeding>(),
            .device = device.is_cpu() ? fmt::format("CPU, {} thread{}", threads, threads == 1 ? "" : "s") : fmt::format("CUDA {}", device.index())};
}

std::vector<Founder> foundersOf(const RunConfiguration& configuration, const std::filesystem::path& resources) {
    const auto digits = readDigits(resources / kDigitsFile);
    const auto genomes = digitsFounders(configuration.founders, digits, {}, configuration.seed,
                                        resources / "founders" / "reference-specialists.safetensors");
    const bool random = configuration.founders == DigitsFounders::Random;
    return {{random ? "random 1" : "specialist 0-4", genomes.at(0)}, {random ? "random 2" : "specialist 5-9", genomes.at(1)}};
}

std::unique_ptr<Strategy> makeStrategy(const RunConfiguration& configuration, std::uint64_t length, Archive archive) {
    // The plain genetic algorithm is M2N2 with alpha = 0 and without attraction, which its configuration says.
    return std::make_unique<M2n2>(M2n2Settings{.rule = configuration.competition,
                                               .attraction = configuration.attraction,
                                               .crossover = configuration.crossover,
                                               .splice = configuration.splice,
                                               .length = length,
                                               .seed = configuration.seed},
                                  std::move(archive));
}

std::shared_ptr<const SampleSet> samplesOf(const RunConfiguration&, const std::filesystem::path& resources) {
    return std::make_shared<const SampleSet>(pictures(readDigits(resources / kDigitsFile).train));
}

}  // namespace mergarium
