#pragma once

#include "core/tasks/digits/digits_settings.h"
#include "core/tasks/task_outline.h"

namespace mergarium {

/// Reads no files.
TaskOutline outlineOf(const DigitsSettings& settings);

}  // namespace mergarium
