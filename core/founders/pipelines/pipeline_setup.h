#pragma once

#include "core/diffusion/shapes_config.h"
#include "core/founders/founder_configuration.h"
#include "core/founders/founder_source.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// What makes pictures of a founder's tensors, beside these.
struct PipelineSetup {
    PipelineConfig config;
    /// The root of a pipeline that has its tokenizers; empty: there is none.
    std::filesystem::path folder;
    /// What was taken for granted, a sentence each.
    std::vector<std::string> assumed = {};
};

/// Of a founder that is a pipeline. A folder's is in it. A single file's is told by its tensors where it is of Stable
/// Diffusion's own sizes, else that of `like`, the root of a pipeline of the same architecture (may be empty), which
/// has the tokenizers anyway. The class of scheduler is the folder's, or Euler, unless it is given. Throws
/// std::runtime_error with one sentence: it is no pipeline, or no one of those that pictures are made with; nothing
/// tells a single file's heads and groups; `like` is of another architecture.
PipelineSetup pipelineSetupOf(const FounderSource& founder, const std::filesystem::path& like = {},
                              std::optional<SchedulerKind> scheduler = {});

/// What a single file's tensors tell; absent where its sizes are not Stable Diffusion's own.
std::optional<ShapesConfig> singleFileConfig(const PipelineFounder& founder);

/// The first of these founders that is a pipeline's folder; empty: none is.
std::filesystem::path pipelineFolderOf(std::span<const FounderSourcePtr> founders);

/// What of a pipeline's configurations changes what its tensors compute, by component and key: "unet.norm_eps",
/// "scheduler.prediction_type"; in one spelling, defaults filled in. Of a single file what is known of it. Throws
/// std::runtime_error where a configuration is no JSON.
ComputedSettings pipelineSettings(const PipelineFounder& founder);

}  // namespace mergarium
