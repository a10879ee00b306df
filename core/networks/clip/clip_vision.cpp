#include "core/networks/clip/clip_vision.h"

#include <ATen/ATen.h>

#include <stdexcept>
#include <utility>

namespace mergarium {
ClipVision::ClipVision(ClipVisionConfig config, TensorVisitor& tensors) : config_(std::move(config)) {
    const auto width = config_.layers.width;
    const auto side = config_.imageSize / config_.patchSize;
    tensors.tensor("vision_model.embeddings.class_embedding", {width}, class_);
    tensors.tensor("vision_model.embeddings.patch_embedding.weight", {width, 3, config_.patchSize, config_.patchSize},
                   patches_);
    tensors.tensor("vision_model.embeddings.position_embedding.weight", {1 + side * side, width}, positions_);
    // Spelt so by those who published it.
    tensors.norm("vision_model.pre_layrnorm", width, inputNorm_);
    layers_.visit(tensors, config_.layers, "vision_model.encoder.layers.");
    tensors.norm("vision_model.post_layernorm", width, outputNorm_);
    if (config_.projection > 0) tensors.linear("visual_projection", config_.projection, width, projection_, false);
}

ClipVision::Reading ClipVision::look(const torch::Tensor& pixels) const {
    if (pixels.dim() != 4 || pixels.size(1) != 3 || pixels.size(2) != config_.imageSize ||
        pixels.size(3) != config_.imageSize)
        throw std::invalid_argument("CLIP looks at pictures of its own size alone.");
    const auto count = pixels.size(0);
    const auto patches = at::conv2d(pixels, patches_, {}, config_.patchSize).flatten(2).transpose(1, 2);
    const auto first = class_.view({1, 1, config_.layers.width}).expand({count, 1, config_.layers.width});
    Reading reading;
    reading.embeddings = clipNorm(config_.layers, inputNorm_, at::cat({first, patches}, 1) + positions_);
    reading.last = clipStates(config_.layers, layers_, reading.embeddings, {}).back();
    reading.pooled = clipNorm(config_.layers, outputNorm_, reading.last.select(1, 0));
    if (projection_.weight.defined()) reading.projected = at::linear(reading.pooled, projection_.weight);
    return reading;
}

}  // namespace mergarium
