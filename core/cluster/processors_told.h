#pragma once

#include "core/evaluation/evaluator.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// Which steps were scored on which kind of processor, as events of the run: the first kind once, all others by their
/// steps. Not for several threads.
class ProcessorsTold {
public:
    void add(std::uint64_t step, const std::string& processor);
    /// What is worth an event by now; with `all`, what is left too.
    std::vector<EvaluatorEvent> take(bool all);

private:
    using Steps = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
    std::string first_;
    bool firstTold_ = false;
    /// Of other kinds, not told yet: first and last steps of stretches.
    std::map<std::string, Steps> others_;
};

}  // namespace mergarium
