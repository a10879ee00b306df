#pragma once

#include "core/evaluation/evaluator.h"
#include "core/evaluation/experiment.h"
#include "core/evaluation/known_models.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace mergarium {

/// How an evaluator on this machine is set up.
struct LocalSetup {
    /// At least 1. One lane is the calling thread; of more, each is a thread of its own.
    std::size_t lanes = 1;
    /// Threads that each lane computes with.
    std::size_t threadsPerLane = 1;
    /// "CPU"
    std::string device;
    std::function<void(std::size_t threads)> useThreads;
    /// For the first lane.
    std::unique_ptr<Task> task;
    /// For the others.
    TaskFactory makeTask;
};

/// Scores on this machine. `breeding` and `known` must outlive it. Throws what making a task throws.
std::unique_ptr<Evaluator> localEvaluator(LocalSetup setup, const Breeding& breeding, const KnownModels& known);

/// How many lanes are worth having: as many as were asked for and as `lookahead` steps can keep busy; where the number
/// is left open, as many as there are threads and memory for.
std::size_t lanesFor(const RunPlace& place, const Experiment& experiment, std::uint64_t lookahead);

}  // namespace mergarium
