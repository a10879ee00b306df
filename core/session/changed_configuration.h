#pragma once

#include "core/run/snapshot.h"
#include "core/session/run_loop.h"

namespace mergarium {

/// A stored run's configuration as it is from now on. Throws std::runtime_error with one sentence, or
/// ConfigurationError, where that can't be.
RunConfiguration changed(const RunDescription& run, const GoingOn& how);

}  // namespace mergarium
