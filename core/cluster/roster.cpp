#include "core/cluster/roster.h"

#include <fmt/format.h>

#include <utility>

namespace mergarium {
namespace {

/// Who makes up names can't fill the memory.
constexpr std::size_t kMostWorkers = 10'000;
/// When a worker that fell silent is no longer shown.
constexpr double kForgotten = 600.0;

double secondsBetween(Roster::Clock::time_point from, Roster::Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

}  // namespace

Admittance Roster::admit(const WorkerApplication& application, Clock::time_point now) {
    if (application.offer != offer_) return {"The run is another one by now."};
    if (kind_.empty()) kind_ = application.processor;
    if (!mixed_ && application.processor != kind_)
        return {
            fmt::format("This processor ({}) isn't of the kind that the run is scored on ({}), and its scores could "
                        "differ in the last bits; the run takes both with --mixed-workers.",
                        application.processor, kind_)};
    if (workers_.size() >= kMostWorkers && !workers_.contains(application.worker))
        return {"There are too many workers."};
    auto& entry = workers_[application.worker];
    entry.sign.worker = application.worker;
    entry.sign.device = application.device;
    entry.sign.processor = application.processor;
    entry.admitted = true;
    entry.heard = now;
    return {};
}

void Roster::note(const SignOfLife& sign, Clock::time_point now) {
    if (workers_.size() >= kMostWorkers && !workers_.contains(sign.worker)) return;
    auto& entry = workers_[sign.worker];
    entry.sign = sign;
    entry.heard = now;
}

bool Roster::hasWorkers(Clock::time_point now) const {
    for (const auto& [name, entry] : workers_)
        if (entry.admitted && secondsBetween(entry.heard, now) < kWorkerSilence) return true;
    return false;
}

std::vector<WorkerStanding> Roster::standings(Clock::time_point now) const {
    std::vector<WorkerStanding> all;
    for (const auto& [name, entry] : workers_) {
        const auto silent = secondsBetween(entry.heard, now);
        if (silent > kForgotten) continue;
        all.push_back({.name = name,
                       .device = entry.sign.device,
                       .processor = entry.sign.processor,
                       .state = entry.sign.state,
                       .isAdmitted = entry.admitted,
                       .tickets = entry.sign.tickets,
                       .rate = silent < kWorkerSilence ? entry.sign.rate : 0.0,
                       .secondsSilent = silent});
    }
    return all;
}

}  // namespace mergarium
