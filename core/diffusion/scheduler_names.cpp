#include "core/diffusion/scheduler_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <stdexcept>

namespace mergarium {
namespace {

struct NamedScheduler {
    SchedulerKind kind;
    bool karras = false;
};

constexpr std::array<std::string_view, 6> kNames{"euler",    "euler-ancestral", "ddim",
                                                 "dpm++-2m", "dpm++-2m-karras", "pndm"};
constexpr std::array<NamedScheduler, kNames.size()> kNamed{{{SchedulerKind::Euler},
                                                            {SchedulerKind::EulerAncestral},
                                                            {SchedulerKind::Ddim},
                                                            {SchedulerKind::DpmSolver2M},
                                                            {SchedulerKind::DpmSolver2M, true},
                                                            {SchedulerKind::Pndm}}};

}  // namespace

std::span<const std::string_view> schedulerNames() { return kNames; }

SchedulerConfig schedulerNamed(std::string_view name, const SchedulerConfig& own) {
    if (name.empty()) return own;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] != name) continue;
        auto config = own;
        config.kind = kNamed[i].kind;
        config.karras = kNamed[i].karras;
        if (config.kind == own.kind) return config;
        // What only the other kind's configuration knows isn't known of this one's.
        const SchedulerConfig usual;
        config.lastSigmaZero = usual.lastSigmaZero;
        config.eta = usual.eta;
        config.clipSample = usual.clipSample;
        const bool sameEnd = own.kind == SchedulerKind::Ddim || own.kind == SchedulerKind::Pndm;
        config.lastAlphaOne = sameEnd && own.lastAlphaOne;
        config.stochastic = usual.stochastic;
        config.heun = usual.heun;
        config.order = usual.order;
        config.lowerOrderFinal = usual.lowerOrderFinal;
        config.eulerAtFinal = usual.eulerAtFinal;
        config.skipRungeKutta = config.kind == SchedulerKind::Pndm;
        return config;
    }
    throw std::runtime_error(
        fmt::format("'{}' is no scheduler; there are {}.", name, fmt::join(schedulerNames(), ", ")));
}

}  // namespace mergarium
