#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/diffusion/pipeline_config.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// A pipeline that is known by the shapes of its tensors.
struct ShapesConfig {
    PipelineConfig config;
    /// What no shape tells and was taken for granted: one sentence each, for people.
    std::vector<std::string> assumed = {};
    /// Whether the file says what its U-Net predicts.
    bool predictionSaid = false;
};

/// Of a single file of Stable Diffusion 1.x, 2.x or XL, which holds no configuration: sizes from shapes; heads, groups
/// and activations as these have them. `tensors` by modern names, sorted; `metadata` of the file, which may say what
/// the network predicts; so may `extras`, the names of tensors that are no component's. The scheduler is Euler with
/// their betas. Absent where the sizes are of none of them: heads and groups can't be told then.
std::optional<ShapesConfig> configOfShapes(std::span<const TensorDescription> tensors,
                                           const std::map<std::string, std::string>& metadata,
                                           std::span<const std::string> extras, std::string_view sidecar);

}  // namespace mergarium
