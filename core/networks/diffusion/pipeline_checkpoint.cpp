#include "core/networks/diffusion/pipeline_checkpoint.h"

#include "core/networks/diffusion/prompt_encoders.h"
#include "core/networks/diffusion/unet.h"
#include "core/networks/diffusion/vae.h"
#include "core/networks/read_tensor.h"

#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

Layout floatingTensors(const FounderSource& model) {
    Layout layout;
    for (const auto& tensor : model.tensors())
        if (isFloating(tensor.dtype)) layout.append(tensor.name, tensor.shape, tensor.dtype);
    return layout;
}

}  // namespace

void loadPipeline(const FounderSource& model, ImagePipeline& pipeline) {
    const c10::InferenceMode inference;
    const auto read = [&](const Layout::Tensor& tensor) {
        const auto index = model.indexOf(tensor.name);
        if (!index || model.tensors()[*index].count != tensor.count)
            throw std::runtime_error(
                fmt::format("{}: the tensor {} is missing, or has another shape.", model.name(), tensor.name));
        const auto& stored = model.tensors()[*index];
        readTensor(stored, model.bytes(*index),
                   pipeline.flat().narrow(0, static_cast<std::int64_t>(tensor.begin),
                                          static_cast<std::int64_t>(tensor.count)));
        model.dropBehind(*index, 0, stored.byteSize());
    };
    for (const auto& tensor : pipeline.parameterLayout().tensors) read(tensor);
    for (const auto& frozen : pipeline.parameterLayout().frozen)
        if (isFloating(frozen.tensor.dtype)) read(frozen.tensor);
    for (const auto& file : model.files()) file->check();
}

ImagePipeline openImagePipeline(const FounderSource& model, const PipelineConfig& config, torch::Device device,
                                std::vector<PromptReader> readers) {
    auto layout = floatingTensors(model);
    const auto source = model.base().path().string();
    checkTensors(config.unet, layout, "unet.", source);
    checkTensors(config.vae, layout, "vae.", source);
    checkTextEncoders(config, layout, source);
    ImagePipeline pipeline(config, std::move(layout), device, std::move(readers));
    loadPipeline(model, pipeline);
    return pipeline;
}

}  // namespace mergarium
