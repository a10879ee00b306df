#pragma once

#include <cstdint>
#include <string>

namespace mergarium {

/// One of the programs on other machines that score a run's models (core/cluster), as it was last heard of.
struct WorkerStanding {
    std::string name;
    /// "CPU, 4 threads"
    std::string device;
    /// What decides the last bits of its scores.
    std::string processor;
    /// What it does, or lacks.
    std::string state;
    /// Whether it may score.
    bool isAdmitted = false;
    /// That it has scored, and a second, lately.
    std::uint64_t tickets = 0;
    double rate = 0.0;
    /// Since its last sign of life.
    double secondsSilent = 0.0;
    bool operator==(const WorkerStanding&) const = default;
};

/// Seconds of silence after which a worker doesn't count as being there.
constexpr double kWorkerSilence = 6.0;

}  // namespace mergarium
