#pragma once

#include "core/checkpoint/layout.h"
#include "core/diffusion/picture_request.h"
#include "core/diffusion/pipeline_config.h"
#include "core/progress/progress.h"

#include <torch/types.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// Told of what is computed on the way to a picture: request, name, value. Names are "prompt_embeds", "unet_in.0",
/// "latents.0" and so on; two halves are the negative prompt's, then the prompt's. On the thread that makes pictures.
using PictureObserver = std::function<void(std::size_t request, const std::string& name, const torch::Tensor& value)>;

struct PictureMaking {
    /// Requests of the same size and steps that are computed at once. Pictures may differ in their last bits with it.
    std::size_t batch = 1;
    /// Told of passes through the U-Net, between two of them; returns false to end it.
    Progress progress = nullptr;
    PictureObserver observer = nullptr;
};

/// A text-to-image model: Stable Diffusion 1.x, 2.x or XL. Its tensors are views into one flat buffer in the order of a
/// layout, fp32 on the CPU and bf16 on a GPU, so writing the buffer is loading the model. One thread at a time.
class ImagePipeline {
public:
    /// `layout`'s tensors are called COMPONENT.TENSOR (kPipelineComponents); frozen floating ones lie behind the others
    /// in the buffer. `readers`: one per text encoder. Throws std::runtime_error naming the tensor that the layout
    /// lacks, has in another shape, or that is unknown to the networks.
    ImagePipeline(PipelineConfig config, Layout layout, torch::Device device, std::vector<PromptReader> readers);
    ~ImagePipeline();
    ImagePipeline(ImagePipeline&&) noexcept;

    const PipelineConfig& config() const;
    /// As it was given.
    const Layout& parameterLayout() const;
    /// All elements, layout.extent() of them. The span is the networks' own memory, for fp32 on the CPU only. What is
    /// frozen is written before the first picture is made, and not again: embeddings of prompts are kept as long as the
    /// text encoders' contents stay.
    const torch::Tensor& flat() const;
    std::span<float> parameters();

    /// One per request, in their order. Throws std::invalid_argument for sizes, steps or noise that the model can't
    /// take, naming the request (from 0) and what is wrong; Cancelled.
    std::vector<MadePicture> make(std::span<const PictureRequest> requests, const PictureMaking& how = {});

    /// Bytes that making pictures takes beyond the buffer, roughly, at this size and batch (PictureMaking::batch).
    static std::uint64_t workingMemory(const PipelineConfig& config, std::int64_t width, std::int64_t height,
                                       std::size_t batch);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mergarium
