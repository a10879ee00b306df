#include "core/cluster/event_list.h"

#include <utility>

namespace mergarium {
namespace {

constexpr int kRefusalsTold = 10;
/// Until they are taken.
constexpr std::size_t kMostEvents = 1000;

}  // namespace

void EventList::add(EvaluatorEvent event) {
    const std::lock_guard lock(mutex_);
    if (events_.size() < kMostEvents) events_.push_back(std::move(event));
}

void EventList::refuse(const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (++refusals_ > kRefusalsTold || events_.size() >= kMostEvents) return;
    events_.push_back({"message refused", refusals_ < kRefusalsTold ? why : why + " Further ones are not told of."});
}

std::vector<EvaluatorEvent> EventList::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
}

}  // namespace mergarium
