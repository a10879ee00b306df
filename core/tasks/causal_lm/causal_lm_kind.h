#pragma once

#include "core/tasks/causal_lm/causal_lm_settings.h"
#include "core/tasks/open_task.h"
#include "core/tasks/sample_set.h"
#include "core/tasks/task_outline.h"

namespace mergarium {

/// Reads the questions. Throws std::runtime_error naming file and line, also where the first founder lacks the chat
/// template that is asked for.
TaskOutline outlineOf(const CausalLmSettings& settings, const TaskFolders& folders);
/// The training samples as people see them; without the founder's own chat template where that is gone. Throws
/// std::runtime_error naming file and line.
SampleSet samplesOf(const CausalLmSettings& settings, const TaskFolders& folders);
/// Part of the networks module. Throws std::runtime_error where questions, tokenizer, configuration and founders don't
/// fit together.
OpenedTask openTask(const CausalLmSettings& settings, const TaskInputs& inputs, const NetworkDevice& device);

}  // namespace mergarium
