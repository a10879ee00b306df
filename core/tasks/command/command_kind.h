#pragma once

#include "core/tasks/command/command_settings.h"
#include "core/tasks/task_outline.h"

namespace mergarium {

/// Reads the samples. Throws std::runtime_error naming file and line.
TaskOutline outlineOf(const CommandSettings& settings);

}  // namespace mergarium
