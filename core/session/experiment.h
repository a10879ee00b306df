#pragma once

#include "core/genome/genome.h"
#include "core/search/strategy.h"
#include "core/session/configuration.h"
#include "core/tasks/task.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mergarium {

/// What a configuration asks for, ready to run: the task with its network, and how its genomes are bred.
struct Experiment {
    std::unique_ptr<Task> task;
    std::unique_ptr<Breeding> breeding;
    /// "CPU, 2 threads".
    std::string device;
};

/// A founder before it is scored.
struct Founder {
    std::string name;
    GenomePtr genome;
};

/// Sets the calling thread up to compute with `threads` threads (0: one per core) and builds the experiment there; use it
/// from this thread alone. Throws std::runtime_error when the device isn't there or a file can't be read.
Experiment prepare(const RunConfiguration& configuration, const std::filesystem::path& resources, std::size_t threads);

/// The founders that the configuration names.
std::vector<Founder> foundersOf(const RunConfiguration& configuration, const std::filesystem::path& resources);

/// The search that the configuration asks for, over parameter vectors of `length` values, starting from `archive`.
std::unique_ptr<Strategy> makeStrategy(const RunConfiguration& configuration, std::uint64_t length, Archive archive);

/// The training samples as people see them, without building a network.
std::shared_ptr<const SampleSet> samplesOf(const RunConfiguration& configuration, const std::filesystem::path& resources);

}  // namespace mergarium
