#pragma once

#include "core/configuration/configuration.h"
#include "core/evaluation/checkpoint_founders.h"
#include "core/founders/founder_settings.h"
#include "core/founders/founder_watch.h"
#include "core/genome/genome.h"
#include "core/genome/gram.h"
#include "core/search/strategy.h"
#include "core/subprocess/program.h"
#include "core/tasks/run_place.h"
#include "core/tasks/task.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// A founder before it is scored.
struct Founder {
    std::string name;
    GenomePtr genome;
    /// The identity of its contents (core/founders/content_hash.h), hexadecimal.
    std::string hash;
    /// Empty for founders that Mergarium makes itself.
    CheckpointFounder source;
    std::uint64_t bytes = 0;
};

/// A founder that joined the run when it was going on, or is about to.
struct JoinedFounder {
    /// Where it lies; where the task brings its founders, only until its parameters are stored with the run.
    CheckpointFounder source;
    /// These, packed, and its name.
    std::vector<std::byte> packed = {};
    std::string name = {};
};

/// What a configuration asks for, ready to run: the founders, the task with its network, and how genomes are bred.
struct Experiment {
    /// Those that joined last.
    std::vector<Founder> founders;
    std::unique_ptr<Task> task;
    /// Makes more like `task`, for more lanes.
    TaskFactory makeTask;
    /// Sets the calling thread up to compute with so many threads.
    std::function<void(std::size_t threads)> useThreads;
    /// As many as a task alone is worth, and as are in use.
    std::size_t threads = 1;
    /// Bytes of memory that one more task takes.
    std::uint64_t taskMemory = 0;
    std::unique_ptr<const Breeding> breeding;
    /// What children inherit whole; null: elements, each for itself.
    GenesPtr genes;
    /// The founders' parameters; null where they are small and stored with the run.
    GramPtr gram;
    /// Of founders' files; absent where there are none.
    std::optional<FounderWatch> watch;
    /// The founders are random numbers, which a strategy may want to know.
    bool untrained = false;
    /// What scores: "CPU", "CUDA 0", "another program".
    std::string device;
    /// What makes that slow for no good reason; empty: nothing known.
    std::string caution;
};

/// Sets the calling thread up to compute and builds the experiment there. Throws
/// std::runtime_error when the device isn't there, a file can't be read, or founders, task and data don't fit together.
/// `hashes`: All, or Anew. `joined`: beyond the configuration's founders, in order.
Experiment prepare(const RunConfiguration& configuration, const RunPlace& place, const Announce& announce = nullptr,
                   Hashes hashes = Hashes::All, std::span<const JoinedFounder> joined = {});

/// The search that the configuration asks for, starting from `archive`: empty, or the members of a run that goes on.
std::unique_ptr<Strategy> makeStrategy(const RunConfiguration& configuration, const Experiment& experiment,
                                       Archive archive);

/// The program that scores its models; absent where Mergarium does it itself.
std::optional<Program> programOf(const RunConfiguration& configuration);

/// The training samples as people see them, without building a network.
std::shared_ptr<const SampleSet> samplesOf(const RunConfiguration& configuration,
                                           const std::filesystem::path& resources);

}  // namespace mergarium
