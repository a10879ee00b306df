#pragma once

#include "core/diffusion/picture_request.h"

#include <filesystem>
#include <vector>

namespace mergarium {

/// What a model is asked for where nothing else is said: diffusers' guidance, at a seed of 0.
PictureRequest usualRequest(const PipelineConfig& config);

/// Reads a JSON list of {prompt, negative, steps, guidance, width, height, scheduler, seed}, of which all but the
/// prompt may be left out, and with them: `noise`: {file, tensor}, a tensor of a safetensors file that lies beside the
/// list or where the program was started; `original_size`, `crop` and `target_size`, two numbers each, height before
/// width, for SDXL. `usual` stands in for what is left out, `own` is the model's scheduler. Throws std::runtime_error
/// naming the file, the request (from 0, as its picture's file is called) and the key.
std::vector<PictureRequest> readPictureRequests(const std::filesystem::path& path, const PictureRequest& usual,
                                                const SchedulerConfig& own);

}  // namespace mergarium
