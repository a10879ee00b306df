#pragma once

#include "core/diffusion/pipeline_config.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// What lists a pipeline's components in its root, and what lays each of them out.
inline constexpr const char* kModelIndex = "model_index.json";
inline constexpr const char* kComponentConfig = "config.json";
inline constexpr const char* kSchedulerConfig = "scheduler_config.json";

/// A component as model_index.json names it: "unet": ["diffusers", "UNet2DConditionModel"].
struct PipelineComponent {
    std::string name, library, className;
    bool operator==(const PipelineComponent&) const = default;
};

/// Those that are there, and not null, in the order of their names. A name is that of a folder beside the file. Throws
/// std::runtime_error.
std::vector<PipelineComponent> pipelineComponents(const std::filesystem::path& root);

/// Everything that the configurations in a pipeline's root say, for making pictures: Stable Diffusion 1.x, 2.x and XL.
/// Which class of scheduler is taken is said there unless it is given. Throws std::runtime_error naming the file and
/// the key: a component is missing or of another class, a configuration asks for what isn't supported, two don't go
/// together.
PipelineConfig pipelineConfigOf(const std::filesystem::path& root, std::optional<SchedulerKind> scheduler = {});

/// Throws std::runtime_error, naming `place`, where the parts don't go together.
void checkPipeline(const PipelineConfig& config, std::string_view place);

}  // namespace mergarium
