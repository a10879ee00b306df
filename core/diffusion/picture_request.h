#pragma once

#include "core/diffusion/pipeline_config.h"
#include "core/images/image.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// A picture that a text-to-image model is asked for.
struct PictureRequest {
    std::string prompt;
    /// Absent: none is given, for which SDXL has zeros (PipelineConfig::zerosWithoutNegative), and others the empty
    /// text.
    std::optional<std::string> negative;
    /// Of the scheduler, at least 1.
    std::int64_t steps = 30;
    /// negative + guidance (positive - negative); at most 1: the prompt alone is computed with.
    double guidance = 7.5;
    /// Pixels, multiples of VaeConfig::factor(); 0: PipelineConfig::size.
    std::int64_t width = 0, height = 0;
    /// Absent: the model's own.
    std::optional<SchedulerConfig> scheduler;
    /// Of the noise that the picture is made from, which depends on it and the size alone.
    std::uint64_t seed = 0;
    /// In place of what the seed draws: standard normal, [latent channels, height / factor, width / factor].
    std::vector<float> noise;
    /// What SDXL is told of the picture: height before width, top before left. Absent: height and width, and 0, 0.
    std::optional<std::array<std::int64_t, 2>> originalSize, crop, targetSize;
};

struct MadePicture {
    Image image;
    /// Whether all that was computed is finite; else the image means nothing.
    bool finite = true;
    /// The prompt, or the negative one, had more tokens than the model reads; those behind were cut off.
    bool promptCut = false, negativeCut = false;
};

/// A prompt as a text encoder reads it.
struct PromptIds {
    /// As many as ClipTextConfig::positions: begin, text, end, then padding as the tokenizer pads.
    std::vector<std::int32_t> ids;
    /// The text had more tokens; those behind are left out.
    bool cut = false;
};

/// One per text encoder. Any thread.
using PromptReader = std::function<PromptIds(std::string_view)>;

}  // namespace mergarium
