#pragma once

#include "core/configuration/yaml.h"
#include "core/session/run_loop.h"

#include <atomic>
#include <filesystem>
#include <string>

namespace mergarium::test {

inline const std::filesystem::path kResources = MERGARIUM_SOURCE_DIR "/resources";

/// The published M2N2 from specialists, cut to so many evaluations.
inline RunConfiguration shortRun(std::uint64_t evaluations, const char* name = "test") {
    RunConfiguration configuration;
    configuration.name = name;
    configuration.evaluations = evaluations;
    configuration.device = "cpu";
    return configuration;
}

/// The tests' own programs may be started.
inline bool anyProgram(const Program&) { return true; }

/// Takes a run to its end and stores it.
inline SessionSnapshot finish(RunLoop& loop) {
    const std::atomic<bool> never = false;
    while (!loop.isFinished()) loop.step(never);
    loop.store(Phase::Finished);
    return loop.snapshot(Phase::Finished);
}

inline SessionSnapshot runToItsEnd(const RunConfiguration& configuration, const std::filesystem::path& database) {
    return finish(*RunLoop::begin(configuration, {.database = database, .resources = kResources, .threads = 1}));
}

}  // namespace mergarium::test
