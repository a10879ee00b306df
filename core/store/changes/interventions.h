#pragma once

#include "core/archive/member.h"
#include "core/configuration/configuration.h"
#include "core/run/snapshot.h"

#include <cstdint>
#include <variant>

namespace mergarium {

/// The strategy's parameters became others.
struct ParametersChanged {
    RunConfiguration before;
    RunConfiguration after;
};

/// What a person did to a run, that its configuration alone doesn't repeat: a plain value.
struct Intervention {
    /// The step that a child bred by hand or a founder took; of changed parameters, the last one that the old ones held
    /// for.
    std::uint64_t step = 0;
    /// Other parameters, whom a child was bred of, or who joined.
    std::variant<ParametersChanged, Parentage, FounderDescription> what;
};

}  // namespace mergarium
