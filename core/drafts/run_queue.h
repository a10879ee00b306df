#pragma once

#include "core/configuration/configuration.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mergarium {

/// A run that waits for others to end.
struct QueuedRun {
    /// Its number in the queue, which it keeps wherever it stands.
    std::int64_t entry = 0;
    RunConfiguration configuration;
    /// Why it could not begin, or can't be read; it is passed over. Empty: it waits.
    std::string trouble;
};

/// The runs that wait in the database, first to be begun first; none where there is no database yet. Reads whatever
/// anybody wrote: an entry that can't be read is there with its trouble. Throws StoreError.
std::vector<QueuedRun> queueIn(const std::filesystem::path& database);

// Each of these is one transaction, and throws StoreError. An entry that isn't there any more is none to be changed.

/// At the end. Refused where kMostQueued wait already.
void enqueue(const std::filesystem::path& database, const RunConfiguration& configuration);
void dequeue(const std::filesystem::path& database, std::int64_t entry);
/// `towards` < 0: before the entry before it; else behind the one behind it.
void moveInQueue(const std::filesystem::path& database, std::int64_t entry, int towards);
/// Why it could not begin; empty: it waits again.
void setQueueTrouble(const std::filesystem::path& database, std::int64_t entry, const std::string& trouble);

constexpr std::size_t kMostQueued = 1000;

}  // namespace mergarium
