#pragma once

#include "core/configuration/configuration.h"

#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// What a run takes, found out before it starts and without reading any parameters.
struct Preflight {
    /// For people: parameters, element types, memory, ...
    std::vector<TaskOutline::Fact> facts;
    /// The first questions as the models will see them; empty where the task has none.
    std::vector<std::string> prompts;
    /// Why the run can't be, and what would help; absent when it can.
    std::optional<std::string> refusal;
};

/// Opens headers, tokenizers and samples only. What is wrong with them is the refusal. Any thread; reads files.
Preflight preflight(const RunConfiguration& configuration);

}  // namespace mergarium
