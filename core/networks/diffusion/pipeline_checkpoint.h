#pragma once

#include "core/founders/founder_source.h"
#include "core/networks/diffusion/image_pipeline.h"

namespace mergarium {

/// A text-to-image model with its weights, whose tensors are called COMPONENT.TENSOR, in its own layout. `reader`s as
/// ImagePipeline takes them. Throws std::runtime_error naming the model and what is wrong with which tensor; before
/// any memory is taken.
ImagePipeline openImagePipeline(const FounderSource& model, const PipelineConfig& config, torch::Device device,
                                std::vector<PromptReader> readers);

/// Writes a model's tensors into a pipeline's buffer, whatever floating type they have.
void loadPipeline(const FounderSource& model, ImagePipeline& pipeline);

}  // namespace mergarium
