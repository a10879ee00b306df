#pragma once

#include "core/cluster/messages/worker_messages.h"
#include "core/run/worker_standing.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace mergarium {

/// The workers of a run, and which of them may score: those whose processors are of the kind of the first one, unless
/// kinds may be mixed. Not for several threads.
class Roster {
public:
    using Clock = std::chrono::steady_clock;

    Roster(std::string offer, bool mixed) : offer_(std::move(offer)), mixed_(mixed) {}

    Admittance admit(const WorkerApplication& application, Clock::time_point now);
    void note(const SignOfLife& sign, Clock::time_point now);
    /// Whether anybody is there who may score.
    bool hasWorkers(Clock::time_point now) const;
    /// In order of their names; those that haven't been heard of for long are left out.
    std::vector<WorkerStanding> standings(Clock::time_point now) const;
    /// Of the workers that may score, the first one's; empty before.
    const std::string& kind() const { return kind_; }

private:
    struct Entry {
        SignOfLife sign;
        bool admitted = false;
        Clock::time_point heard;
    };

    std::string offer_;
    bool mixed_;
    std::string kind_;
    std::map<std::string, Entry> workers_;
};

}  // namespace mergarium
