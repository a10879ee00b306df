#pragma once

#include "core/tasks/open_task.h"
#include "core/tasks/sample_set.h"
#include "core/tasks/task_outline.h"
#include "core/tasks/text_classification/text_classification_settings.h"
#include "core/tasks/texts/question_set.h"

namespace mergarium {

/// Reads the files that a task names. Throws std::runtime_error with file and line.
QuestionSet readTexts(const TextClassificationSettings& settings);

/// Reads the texts. Throws std::runtime_error naming file and line.
TaskOutline outlineOf(const TextClassificationSettings& settings, const TaskFolders& folders);
/// The training samples as people see them. Throws as `outlineOf` does.
SampleSet samplesOf(const TextClassificationSettings& settings, const TaskFolders& folders);
/// Part of the networks module. Throws std::runtime_error where texts, tokenizer, configuration and founders don't fit
/// together.
OpenedTask openTask(const TextClassificationSettings& settings, const TaskInputs& inputs, const NetworkDevice& device);

}  // namespace mergarium
