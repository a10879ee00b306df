#pragma once

#include "core/subprocess/program.h"

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace mergarium {

/// Workers on other machines (core/cluster/cluster_settings.h).
struct ClusterSettings;

/// Where a run is kept, where its data lies, and what computes it. Changes no result.
struct RunPlace {
    std::filesystem::path database;
    std::filesystem::path resources;
    /// Threads that score, all lanes together; 0: one per core.
    std::size_t threads = 0;
    /// Children scored side by side; 0: as many as threads and memory allow. Never more than the strategy looks ahead.
    std::size_t lanes = 1;
    /// Set by any thread to end waiting for other programs; outlives the run. May be null.
    const std::atomic<bool>* abandon = nullptr;
    /// Which of the programs that configurations name may be started; null: none.
    MayStart mayStart = nullptr;
    /// Who scores in place of this machine; null: this machine.
    std::shared_ptr<const ClusterSettings> workers = nullptr;
    /// Told now and then, on the run's thread, while workers are waited for: why, empty where they are at it. May be
    /// empty.
    std::function<void(const std::string& why)> whileWaiting = nullptr;
};

}  // namespace mergarium
