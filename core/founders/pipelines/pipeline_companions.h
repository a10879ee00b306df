#pragma once

#include "core/founders/child_folder.h"

#include <map>
#include <string>
#include <vector>

namespace mergarium {

/// What lies beside the tensors of a pipeline in its folder: the files of its root, and those of its components but for
/// the weights of those that are merged. None of a single file. In order of name. Throws std::runtime_error.
std::vector<Companion> companionsOfPipeline(const PipelineFounder& founder);

/// What the files of each component are called before ".safetensors" and the number of a shard: "unet" has
/// "diffusion_pytorch_model" or "diffusion_pytorch_model.fp16".
std::map<std::string, std::string> componentStems(const PipelineFounder& founder);

}  // namespace mergarium
