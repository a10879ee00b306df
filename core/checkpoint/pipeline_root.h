#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mergarium {

/// Lists the components of a pipeline of diffusers, and lies in its root beside a folder for each.
inline constexpr const char* kModelIndex = "model_index.json";

/// A component as model_index.json names it: "unet": ["diffusers", "UNet2DConditionModel"].
struct PipelineComponent {
    /// That of its folder.
    std::string name;
    std::string library, className;
    bool operator==(const PipelineComponent&) const = default;
};

/// Those that aren't null, in order of their names. Throws std::runtime_error.
std::vector<PipelineComponent> pipelineComponents(const std::filesystem::path& root);

/// Whether a pipeline's component stays as it is where models are merged: it judges what the others make.
bool isLeftAlone(const std::string& component);

}  // namespace mergarium
