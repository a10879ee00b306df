// The way into the library that is linked with libtorch; networks.cpp loads it.
#include "core/compute/networks.h"
#include "core/networks/clip/clip_scorer.h"
#include "core/networks/decoder/decoder_checkpoint.h"
#include "core/networks/device.h"
#include "core/networks/devices/examine_device.h"
#include "core/networks/diffusion/pipeline_checkpoint.h"
#include "core/networks/generation.h"
#include "core/networks/model_config.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <torch/version.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <thread>
#include <utility>

namespace mergarium {
namespace {

template <typename Function>
Function loaded(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

/// Looked for among the libraries that libtorch brought: name and version; empty when none is a fast one.
std::string blasInUse() {
    if (const auto openblas = loaded<const char* (*)()>("openblas_get_config")) return openblas();
    for (const char* name : {"MKL_Get_Version_String", "mkl_get_version_string"})
        if (const auto mkl = loaded<void (*)(char*, int)>(name)) {
            std::array<char, 200> text{};
            mkl(text.data(), static_cast<int>(text.size()) - 1);
            return text.data();
        }
    if (const auto blis = loaded<const char* (*)()>("bli_info_get_version_str")) return fmt::format("BLIS {}", blis());
    return {};
}

class DecoderModel final : public LanguageModel {
public:
    explicit DecoderModel(Decoder network) : network_(std::move(network)) {}

    const DecoderConfig& config() const override { return network_.config(); }
    std::vector<Continuation> generate(const GenerationRequest& request) const override {
        return mergarium::generate(network_, request);
    }
    Reading read(std::span<const std::int32_t> tokens) const override {
        auto cache = network_.cache(1, static_cast<std::int64_t>(tokens.size()));
        const Piece piece{.tokens = tokens, .targets = tokens.subspan(1), .logits = true};
        auto results = network_.forward({&piece, 1}, cache);
        const auto row = results.logits.cpu();
        return {.lastLogits = {row.data_ptr<float>(), row.data_ptr<float>() + row.numel()},
                .logProbabilities = std::move(results.logProbabilities.front())};
    }

private:
    Decoder network_;
};

ObservedTensor observed(const std::string& name, const torch::Tensor& tensor) {
    const auto host = tensor.is_floating_point() ? tensor.to(torch::kFloat32).cpu().contiguous()
                                                 : tensor.to(torch::kInt64).cpu().contiguous();
    const auto* first = static_cast<const std::byte*>(host.data_ptr());
    return {.name = name,
            .dtype = host.is_floating_point() ? DType::F32 : DType::I64,
            .shape = host.sizes().vec(),
            .bytes = {first, first + host.nbytes()}};
}

class PipelineModel final : public PictureModel {
public:
    explicit PipelineModel(ImagePipeline pipeline) : pipeline_(std::move(pipeline)) {}

    const PipelineConfig& config() const override { return pipeline_.config(); }
    std::vector<MadePicture> make(std::span<const PictureRequest> requests, const PictureWatch& watch) override {
        PictureMaking how{.batch = 1, .progress = watch.progress};
        if (watch.observer)
            how.observer = [&](std::size_t request, const std::string& name, const torch::Tensor& tensor) {
                watch.observer(request, observed(name, tensor));
            };
        return pipeline_.make(requests, how);
    }

private:
    ImagePipeline pipeline_;
};

class ScoringClip final : public ClipModel {
public:
    explicit ScoringClip(ClipScorer scorer) : scorer_(std::move(scorer)) {}

    std::vector<std::vector<float>> texts(std::span<const std::string> texts) const override {
        return scorer_.texts(texts);
    }
    std::vector<std::vector<float>> images(std::span<const Image> images) const override {
        return scorer_.images(images);
    }

private:
    ClipScorer scorer_;
};

class LibtorchNetworks final : public Networks {
public:
    LibtorchNetworks(const std::string& device, std::size_t threads) : device_(deviceOf(device)) {
        useThreads(threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency()));
    }

    std::string device() const override { return device_.is_cpu() ? "CPU" : fmt::format("CUDA {}", device_.index()); }

    std::string devices() const override {
        std::string all = "CPU";
        if (at::hasCUDA())
            for (int gpu = 0; gpu < at::detail::getCUDAHooks().getNumGPUs(); ++gpu)
                all += fmt::format(", CUDA {}", gpu);
        return all;
    }

    std::string version() const override { return TORCH_VERSION; }
    std::string blas() const override { return blasInUse(); }
    std::string caution() const override {
        if (!blasInUse().empty()) return {};
        return "The slow reference BLAS is in use, up to 40 times slower: install libopenblas0-openmp.";
    }

    std::size_t threads() const override { return static_cast<std::size_t>(at::get_num_threads()); }
    void useThreads(std::size_t threads) const override { at::set_num_threads(static_cast<int>(threads)); }

    OpenedTask openTask(const TaskSettings& settings, const TaskInputs& inputs) const override {
        const NetworkDevice device{device_};
        return std::visit(
            [&](const auto& one) -> OpenedTask {
                if constexpr (requires { mergarium::openTask(one, inputs, device); })
                    return mergarium::openTask(one, inputs, device);
                else
                    throw std::logic_error("This kind of task needs no networks.");
            },
            settings);
    }

    std::unique_ptr<LanguageModel> languageModel(const FounderSource& model) const override {
        requireLanguageModel(configOf(model), model);
        return std::make_unique<DecoderModel>(openDecoder(model, device_));
    }

    std::unique_ptr<PictureModel> pictureModel(const FounderSource& model, const PipelineConfig& config,
                                               std::vector<PromptReader> readers) const override {
        return std::make_unique<PipelineModel>(openImagePipeline(model, config, device_, std::move(readers)));
    }

    std::unique_ptr<ClipModel> clipModel(const std::filesystem::path& folder, PromptReader reader) const override {
        return std::make_unique<ScoringClip>(ClipScorer(folder, std::move(reader), device_));
    }
    Examination examine() const override { return examineDevice(device_); }

private:
    torch::Device device_;
};

}  // namespace
}  // namespace mergarium

extern "C" mergarium::Networks* mergariumOpenNetworks(const std::string& device, std::size_t threads) {
    return new mergarium::LibtorchNetworks(device, threads);
}
