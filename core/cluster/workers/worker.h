#pragma once

#include "core/cluster/message_bus.h"
#include "core/cluster/server_address.h"

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mergarium {

/// A program that scores models for runs on other machines.
struct WorkerSettings {
    ServerAddress server;
    /// Of Mergarium, which the run's must be.
    std::string version;
    /// What people call it; empty: by its machine and process.
    std::string name = {};
    /// Where founders and files are looked for.
    std::vector<std::filesystem::path> folders = {};
    /// Where what was fetched and what is costly to compute is kept.
    std::filesystem::path cache;
    std::filesystem::path resources;
    /// auto, cpu, cuda or cuda:N; empty: the run's own.
    std::string device = {};
    /// Threads that score; 0: one per core.
    std::size_t threads = 0;
    /// Programs that runs name may be started.
    bool allowPrograms = false;
    /// What isn't found is fetched from the run's program.
    bool fetch = false;
    /// What is said to be its kind of processor; empty: what it is.
    std::string processor = {};
    /// A sentence for people now and then; on the calling thread. May be empty.
    std::function<void(const std::string&)> tell = nullptr;
};

/// Scores until `stop` is set: for whatever runs are computed, as soon as it has what they take. Waits for the server
/// where it isn't there yet, and when it goes away. What it was at when it stops goes back to others. Throws
/// std::runtime_error with one sentence where the server won't have it.
void work(const WorkerSettings& settings, const std::atomic<bool>& stop);

}  // namespace mergarium
