#pragma once

#include "core/checkpoint/dtype.h"
#include "core/diffusion/picture_request.h"
#include "core/families/decoder_config.h"
#include "core/founders/founder_source.h"
#include "core/networks/examination.h"
#include "core/networks/generation_request.h"
#include "core/progress/progress.h"
#include "core/tasks/kinds.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A language model for interactive use.
class LanguageModel {
public:
    virtual ~LanguageModel() = default;

    virtual const DecoderConfig& config() const = 0;
    /// See networks/generation.h. Throws std::runtime_error for prompts that are empty or longer than the context.
    virtual std::vector<Continuation> generate(const GenerationRequest& request) const = 0;

    struct Reading {
        /// One logit per token of the vocabulary, for what would come next.
        std::vector<float> lastLogits;
        /// Of every token but the first, given those before it.
        std::vector<float> logProbabilities;
    };
    /// `tokens`: at least one, at most the context.
    virtual Reading read(std::span<const std::int32_t> tokens) const = 0;
};

/// A tensor on the way to a picture: "unet_out.0".
struct ObservedTensor {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;
};

struct PictureWatch {
    /// Told of passes through the U-Net, between two of them; returns false to end it.
    Progress progress;
    /// Told of everything that is computed; empty: nobody is.
    std::function<void(std::size_t request, ObservedTensor tensor)> observer;
};

/// A text-to-image model for interactive use. One thread at a time.
class PictureModel {
public:
    virtual ~PictureModel() = default;

    virtual const PipelineConfig& config() const = 0;
    /// As ImagePipeline::make (networks/diffusion/image_pipeline.h), one picture after the other.
    virtual std::vector<MadePicture> make(std::span<const PictureRequest> requests, const PictureWatch& watch) = 0;
};

/// CLIP, which judges pictures. One thread at a time.
class ClipModel {
public:
    virtual ~ClipModel() = default;

    /// Embeddings of length 1, one per text or picture.
    virtual std::vector<std::vector<float>> texts(std::span<const std::string> texts) const = 0;
    virtual std::vector<std::vector<float>> images(std::span<const Image> images) const = 0;
};

/// What computes with libtorch, on one device. Behind an interface because loading libtorch takes most of a second and
/// 160 MB, which listing runs, merging, or a run that another program scores shouldn't cost. Any thread.
class Networks {
public:
    virtual ~Networks() = default;

    /// Of libtorch: "1.13.1".
    virtual std::string version() const = 0;
    /// Name and version of the library that multiplies matrices on the CPU; empty when it is the slow reference one.
    virtual std::string blas() const = 0;
    /// "CPU" or "CUDA 0".
    virtual std::string device() const = 0;
    /// All that this libtorch finds: "CPU, CUDA 0, CUDA 1".
    virtual std::string devices() const = 0;
    /// Why computing is slower than it need be, and the remedy, in one sentence; empty if it is not.
    virtual std::string caution() const = 0;
    /// How many threads the calling thread computes with.
    virtual std::size_t threads() const = 0;
    /// From now on; at least 1.
    virtual void useThreads(std::size_t threads) const = 0;

    /// The task with its data, and the networks that it brings as founders. Throws std::runtime_error where settings,
    /// founders and data don't fit together.
    virtual OpenedTask openTask(const TaskSettings& settings, const TaskInputs& inputs) const = 0;
    /// Of a model with a config.json, adapters included. Throws std::runtime_error naming what is wrong in which file.
    virtual std::unique_ptr<LanguageModel> languageModel(const FounderSource& model) const = 0;
    /// Of tensors called COMPONENT.TENSOR, one reader per text encoder. Throws std::runtime_error naming the tensor
    /// that is missing, has another shape, or is unknown.
    virtual std::unique_ptr<PictureModel> pictureModel(const FounderSource& model, const PipelineConfig& config,
                                                       std::vector<PromptReader> readers) const = 0;
    /// Of a folder as transformers lays CLIPModel out. Throws std::runtime_error naming what is wrong in which file.
    virtual std::unique_ptr<ClipModel> clipModel(const std::filesystem::path& folder, PromptReader reader) const = 0;
    /// Compares what the device computes with what the CPU does, and measures how fast it is. Takes seconds.
    virtual Examination examine() const = 0;
};

/// Loads libtorch where that hasn't been done, and sets the calling thread up to compute. `device`: cpu, cuda, cuda:1,
/// or auto, which is a GPU where there is one; `threads` of the CPU, 0: one per core. Throws std::runtime_error for
/// other names and devices that this machine or this libtorch hasn't.
std::unique_ptr<Networks> openNetworks(const std::string& device, std::size_t threads);

}  // namespace mergarium
