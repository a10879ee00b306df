#pragma once

#include "core/diffusion/pipeline_config.h"

#include <filesystem>
#include <optional>
#include <string_view>

namespace mergarium {

inline constexpr const char* kComponentConfig = "config.json";
inline constexpr const char* kSchedulerConfig = "scheduler_config.json";

/// Everything that the configurations in a pipeline's root say, for making pictures: Stable Diffusion 1.x, 2.x and XL.
/// Which class of scheduler is taken is said there unless it is given. Throws std::runtime_error naming the file and
/// the key: a component is missing or of another class, a configuration asks for what isn't supported, two don't go
/// together.
PipelineConfig pipelineConfigOf(const std::filesystem::path& root, std::optional<SchedulerKind> scheduler = {});

/// Throws std::runtime_error, naming `place`, where the parts don't go together.
void checkPipeline(const PipelineConfig& config, std::string_view place);

}  // namespace mergarium
