#pragma once

#include "core/tasks/causal_lm/causal_lm_settings.h"
#include "core/tasks/open_task.h"
#include "core/tasks/sample_set.h"
#include "core/tasks/task_outline.h"

#include <filesystem>

namespace mergarium {

/// Reads the questions. Throws std::runtime_error naming file and line.
TaskOutline outlineOf(const CausalLmSettings& settings);
/// The training samples as people see them. Throws as `outlineOf` does.
SampleSet samplesOf(const CausalLmSettings& settings, const std::filesystem::path& resources);
/// Part of the networks module. Throws std::runtime_error where questions, tokenizer, configuration and founders don't
/// fit together.
OpenedTask openTask(const CausalLmSettings& settings, const TaskInputs& inputs, const NetworkDevice& device);

}  // namespace mergarium
