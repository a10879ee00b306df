#pragma once

#include "core/tasks/digits/digits_settings.h"
#include "core/tasks/open_task.h"
#include "core/tasks/sample_set.h"
#include "core/tasks/task_outline.h"

namespace mergarium {

/// Reads no files.
TaskOutline outlineOf(const DigitsSettings& settings, const TaskFolders& folders);
/// The training samples as people see them. Throws std::runtime_error naming file and line.
SampleSet samplesOf(const DigitsSettings& settings, const TaskFolders& folders);
/// Part of the networks module. Throws as `samplesOf` does.
OpenedTask openTask(const DigitsSettings& settings, const TaskInputs& inputs, const NetworkDevice& device);

}  // namespace mergarium
