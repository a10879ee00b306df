#pragma once

#include "core/configuration/configuration.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// What a run on checkpoints takes, found out without reading their parameters.
struct Preflight {
    struct Fact {
        std::string what;
        std::string text;
    };
    /// For people: parameters, element types, memory, ...
    std::vector<Fact> facts;
    /// Why the run can't be, and what would help; absent when it can.
    std::optional<std::string> refusal;
};

/// Bytes that programs can get without swapping; absent where the system doesn't say.
std::optional<std::uint64_t> availableMemory();

/// Opens headers and tokenizers only. What is wrong with them is the refusal. Empty for the digits. Any thread; reads
/// files.
Preflight preflight(const RunConfiguration& configuration);

}  // namespace mergarium
