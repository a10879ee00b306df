#pragma once

#include "core/store/run_catalog.h"

#include <cstdint>
#include <string>

namespace mergarium::test {

/// A run as the list of runs knows it.
inline RunSummary summary(std::int64_t id, Phase phase = Phase::Finished) {
    RunSummary run;
    run.id = {id};
    run.name = "run " + std::to_string(id);
    run.phase = phase;
    run.created = "2026-01-31 14:05";
    run.seed = 42;
    run.evaluations = 4213;
    run.budget = 10'000;
    run.seconds = 75.0;
    run.bestTrain = 0.812;
    run.bestTest = 0.684;
    run.sparkline = {0.1f, 0.5f, 0.812f};
    return run;
}

}  // namespace mergarium::test
