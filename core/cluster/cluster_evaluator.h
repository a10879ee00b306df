#pragma once

#include "core/cluster/cluster_settings.h"
#include "core/cluster/offered_run.h"
#include "core/evaluation/evaluator.h"
#include "core/evaluation/known_models.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace mergarium {

/// How a run's models are scored by workers.
struct ClusterSetup {
    ClusterSettings settings;
    OfferedRun run;
    /// Training samples.
    std::size_t samples = 0;
    /// Bytes of a genome that scoring takes; 0: all.
    std::size_t genomeBytes = 0;
    /// Steps that the strategy looks ahead.
    std::uint64_t lookahead = 1;
    /// Knowing what tells a model's contents from others' costs more than scoring it (isCheap).
    bool cheap = false;
    /// Called now and then while a result is waited for, on the waiting thread, with what is waited for. May be empty.
    std::function<void(const std::string&)> whileWaiting = nullptr;
};

/// Scores by workers, which get tickets and send results through a NATS server: any number of them, which may come and
/// go at any time. Models are scored whole, whatever their rivals are. `breeding` and `known` must outlive it. Throws
/// std::runtime_error with one sentence where the server isn't there.
std::unique_ptr<Evaluator> clusterEvaluator(ClusterSetup setup, const Breeding& breeding, const KnownModels& known);

}  // namespace mergarium
