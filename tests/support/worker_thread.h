#pragma once

#include "core/cluster/cluster_settings.h"
#include "core/cluster/workers/worker.h"
#include "tests/support/runs.h"

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mergarium::test {

inline WorkerSettings workerAt(const std::string& url, const std::filesystem::path& cache) {
    return {.server = {.url = url}, .version = "test", .cache = cache, .resources = kResources, .threads = 1};
}

/// How a run of this suite is scored by workers.
inline ClusterSettings clusterAt(const std::string& url) {
    return {.server = {.url = url}, .version = "test", .silence = Milliseconds{2000}};
}

/// A worker on a thread of this process.
class WorkerThread {
public:
    explicit WorkerThread(WorkerSettings settings) {
        settings.tell = [this](const std::string& sentence) {
            const std::lock_guard lock(mutex_);
            told_.push_back(sentence);
        };
        thread_ = std::jthread([this, settings = std::move(settings)] {
            try {
                work(settings, stop_);
            } catch (const std::exception& error) {
                settings.tell(error.what());
            }
        });
    }
    ~WorkerThread() { stop(); }

    void stop() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
    }
    /// All that it said.
    std::string told() {
        const std::lock_guard lock(mutex_);
        std::string all;
        for (const auto& sentence : told_) all += sentence + "\n";
        return all;
    }

private:
    std::atomic<bool> stop_ = false;
    std::mutex mutex_;
    std::vector<std::string> told_;
    std::jthread thread_;
};

}  // namespace mergarium::test
