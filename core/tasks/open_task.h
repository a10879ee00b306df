#pragma once

#include "core/founders/founder_source.h"
#include "core/founders/founders.h"
#include "core/tasks/run_place.h"
#include "core/tasks/task.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mergarium {

/// What computes with libtorch (core/networks/device.h).
struct NetworkDevice;

/// What a task is made from.
struct TaskInputs {
    RunPlace place;
    std::uint64_t seed = 0;
    /// Of a task that brings its own founders: their name.
    OwnFounders own = {};
    /// Else founders from checkpoints, side by side, and where they come from; null and empty for own founders.
    FoundersPtr founders = nullptr;
    std::vector<FounderSourcePtr> sources = {};
};

/// A founder that a task brings: a network's parameters.
struct OwnFounder {
    std::string name;
    std::vector<float> parameters;
};

/// A task with its data read, ready to be made for as many lanes as there are.
struct OpenedTask {
    TaskFactory makeTask;
    /// Of a task that brings its own founders.
    std::vector<OwnFounder> founders = {};
    /// They are random numbers, with nothing in them to be mixed.
    bool untrained = false;
    /// Bytes of memory that one more task takes.
    std::uint64_t taskMemory = 0;
    /// What a person should know of how models are scored, such as why they take more memory than they need; empty:
    /// nothing.
    std::string caution = {};
};

/// Two sentences, of which either may be empty.
inline std::string inSequence(const std::string& first, const std::string& second) {
    return first.empty() || second.empty() ? first + second : first + " " + second;
}

}  // namespace mergarium
