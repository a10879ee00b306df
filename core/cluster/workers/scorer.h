#pragma once

#include "core/cluster/messages/run_offer.h"
#include "core/cluster/messages/ticket_result.h"
#include "core/cluster/workers/worker.h"
#include "core/evaluation/experiment.h"
#include "core/evaluation/known_models.h"
#include "core/evaluation/lane.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// What an offer takes, where it was found.
struct FoundFiles {
    std::vector<CheckpointFounder> models;
    std::map<std::string, std::filesystem::path> files;
};

/// An offer that a worker has everything for: scores its tickets. Of the thread that made it.
class Scorer {
public:
    /// `stop` ends the preparation (Cancelled), and outlives it. Throws std::runtime_error with one sentence where what
    /// was found doesn't come to what was offered, or can't be scored here.
    Scorer(const RunOffer& offer, const FoundFiles& found, const WorkerSettings& settings,
           const std::atomic<bool>& stop, const Announce& announce);

    /// Absent when `stop` is found set between two batches. Throws std::runtime_error for tickets of other offers and
    /// genomes that don't fit.
    std::optional<TicketResult> score(const Ticket& ticket, const std::atomic<bool>& stop);

    /// "CPU, 4 threads", and what decides the last bits of its scores.
    const std::string& device() const { return device_; }
    const std::string& processor() const { return processor_; }

private:
    std::string offer_;
    Experiment experiment_;
    std::string device_, processor_;
    KnownModels known_;
    std::atomic<std::uint64_t> tokens_ = 0;
    std::optional<Lane> lane_;
};

}  // namespace mergarium
