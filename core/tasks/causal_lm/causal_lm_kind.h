#pragma once

#include "core/tasks/causal_lm/causal_lm_settings.h"
#include "core/tasks/task_outline.h"

namespace mergarium {

/// Reads the questions. Throws std::runtime_error naming file and line.
TaskOutline outlineOf(const CausalLmSettings& settings);

}  // namespace mergarium
