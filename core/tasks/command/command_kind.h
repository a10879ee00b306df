#pragma once

#include "core/tasks/command/command_settings.h"
#include "core/tasks/open_task.h"
#include "core/tasks/sample_set.h"
#include "core/tasks/task_outline.h"

namespace mergarium {

/// Reads the samples. Throws std::runtime_error naming file and line.
TaskOutline outlineOf(const CommandSettings& settings, const TaskFolders& folders);
/// The training samples as people see them. Throws as `outlineOf` does.
SampleSet samplesOf(const CommandSettings& settings, const TaskFolders& folders);
/// Throws as `outlineOf` does, and ProgramNotTrusted.
OpenedTask openTask(const CommandSettings& settings, const TaskInputs& inputs);
/// What it starts.
Program programOf(const CommandSettings& settings);

}  // namespace mergarium
