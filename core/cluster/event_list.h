#pragma once

#include "core/evaluation/evaluator.h"

#include <mutex>
#include <string>
#include <vector>

namespace mergarium {

/// What people should know of a run that workers score, until it is taken. Any thread.
class EventList {
public:
    void add(EvaluatorEvent event);
    /// Of a message that wasn't taken, and why: the first few of them, since a worker that is broken sends thousands.
    void refuse(const std::string& why);
    std::vector<EvaluatorEvent> take();

private:
    std::mutex mutex_;
    std::vector<EvaluatorEvent> events_;
    int refusals_ = 0;
};

}  // namespace mergarium
