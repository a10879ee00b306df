#pragma once

#include "core/subprocess/program.h"
#include "core/tasks/open_task.h"
#include "core/tasks/sample_set.h"
#include "core/tasks/task_outline.h"
#include "core/tasks/text_to_image/text_to_image_settings.h"

#include <optional>

namespace mergarium {

/// Reads the captions, and looks whether reference photos are there. Throws std::runtime_error naming file and line, or
/// the key of what is missing.
TaskOutline outlineOf(const TextToImageSettings& settings, const TaskFolders& folders);
/// The training captions as people see them. Throws as `outlineOf` does, and where a photo can't be read.
SampleSet samplesOf(const TextToImageSettings& settings, const TaskFolders& folders);
/// Part of the networks module. Throws std::runtime_error where captions, photos, CLIP, configurations and founders
/// don't fit together, and ProgramNotTrusted.
OpenedTask openTask(const TextToImageSettings& settings, const TaskInputs& inputs, const NetworkDevice& device);
/// What it starts, if anything.
std::optional<Program> programOf(const TextToImageSettings& settings);

/// Throws std::runtime_error naming the key where scores lack what they need.
void requireScorers(const TextToImageSettings& settings);

}  // namespace mergarium
