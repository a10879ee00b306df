#include "core/cluster/processors_told.h"

#include <fmt/format.h>

namespace mergarium {
namespace {

/// Of one event.
constexpr std::size_t kMostStretches = 100;

}  // namespace

void ProcessorsTold::add(std::uint64_t step, const std::string& processor) {
    if (first_.empty()) first_ = processor;
    if (processor == first_) return;
    auto& steps = others_[processor];
    if (!steps.empty() && steps.back().second + 1 == step)
        steps.back().second = step;
    else
        steps.push_back({step, step});
}

std::vector<EvaluatorEvent> ProcessorsTold::take(bool all) {
    std::vector<EvaluatorEvent> events;
    if (!first_.empty() && !firstTold_) {
        events.push_back({"processors", fmt::format("Workers score on {}.", first_)});
        firstTold_ = true;
    }
    for (auto& [processor, steps] : others_) {
        if (steps.empty() || (!all && steps.size() < kMostStretches)) continue;
        std::string list;
        for (const auto& [from, to] : steps)
            list +=
                (list.empty() ? "" : ", ") + (from == to ? fmt::format("{}", from) : fmt::format("{}-{}", from, to));
        events.push_back({"processors", fmt::format("Steps that were scored on {}: {}.", processor, list)});
        steps.clear();
    }
    return events;
}

}  // namespace mergarium
