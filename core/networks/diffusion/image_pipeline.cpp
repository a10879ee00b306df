#include "core/networks/diffusion/image_pipeline.h"

#include "core/networks/diffusion/denoising.h"
#include "core/networks/diffusion/picture_noise.h"
#include "core/networks/diffusion/picture_pixels.h"
#include "core/networks/diffusion/prompt_encoders.h"
#include "core/networks/diffusion/unet.h"
#include "core/networks/diffusion/vae.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace mergarium {
namespace {

torch::Tensor bufferFor(const Layout& layout, torch::Device device) {
    const auto type = device.is_cpu() ? torch::kFloat32 : torch::kBFloat16;
    return at::zeros({static_cast<std::int64_t>(layout.extent())}, at::TensorOptions().dtype(type).device(device));
}

const Layout& whollyKnown(const Layout& layout) {
    const auto check = [](const Layout::Tensor& tensor) {
        if (!isFloating(tensor.dtype)) return;
        for (const std::string component : kPipelineComponents)
            if (tensor.name.starts_with(component + ".")) return;
        throw std::runtime_error(
            fmt::format("The text-to-image model: the tensor {} belongs to none of its components.", tensor.name));
    };
    for (const auto& tensor : layout.tensors) check(tensor);
    for (const auto& frozen : layout.frozen) check(frozen.tensor);
    return layout;
}

/// A request with everything in it that it left open.
struct Order {
    const PictureRequest* request = nullptr;
    std::size_t index = 0;
    std::int64_t height = 0, width = 0;
    SchedulerConfig scheduler;

    bool goesWith(const Order& other) const {
        return height == other.height && width == other.width && request->steps == other.request->steps &&
               scheduler == other.scheduler && guided() == other.guided();
    }
    bool guided() const { return request->guidance > 1.0; }
};

}  // namespace

struct ImagePipeline::Parts {
    Parts(PipelineConfig configuration, Layout tensors, torch::Device device, std::vector<PromptReader> readers)
        : config(std::move(configuration)),
          layout(std::move(tensors)),
          flat(bufferFor(whollyKnown(layout), device)),
          prompts(config, flat, layout, std::move(readers)),
          unet(config.unet, flat, layout),
          vae(config.vae, flat, layout) {}

    Order orderOf(const PictureRequest& request, std::size_t index) const;
    DenoisingPiece pieceOf(const Order& order, const PictureObserver& observer);
    MadePicture pictureOf(const Order& order, const torch::Tensor& latents, const PictureObserver& observer) const;
    void observePrompts(const Order& order, const PictureObserver& observer) const;

    PipelineConfig config;
    Layout layout;
    torch::Tensor flat;
    PromptEncoders prompts;
    UNet unet;
    Vae vae;
};

ImagePipeline::ImagePipeline(PipelineConfig config, Layout layout, torch::Device device,
                             std::vector<PromptReader> readers)
    : parts_(std::make_unique<Parts>(std::move(config), std::move(layout), device, std::move(readers))) {}
ImagePipeline::~ImagePipeline() = default;
ImagePipeline::ImagePipeline(ImagePipeline&&) noexcept = default;

const PipelineConfig& ImagePipeline::config() const { return parts_->config; }
const Layout& ImagePipeline::parameterLayout() const { return parts_->layout; }
const torch::Tensor& ImagePipeline::flat() const { return parts_->flat; }
std::span<float> ImagePipeline::parameters() {
    return {parts_->flat.data_ptr<float>(), static_cast<std::size_t>(parts_->flat.numel())};
}

Order ImagePipeline::Parts::orderOf(const PictureRequest& request, std::size_t index) const {
    const auto refuse = [&](const std::string& why) {
        throw std::invalid_argument(fmt::format("Picture {}: {}.", index, why));
    };
    constexpr std::int64_t kMostPixels = 16'384;
    const auto factor = config.vae.factor();
    Order order{.request = &request,
                .index = index,
                .height = request.height > 0 ? request.height : config.size,
                .width = request.width > 0 ? request.width : config.size,
                .scheduler = request.scheduler.value_or(config.scheduler)};
    for (const auto side : {order.width, order.height})
        if (side % factor != 0 || side > kMostPixels || request.width < 0 || request.height < 0)
            refuse(fmt::format("{} x {} pixels are no size for this model: sides are multiples of {}, up to {}",
                               order.width, order.height, factor, kMostPixels));
    if (!std::isfinite(request.guidance)) refuse("the guidance is no number");
    const auto numbers = config.unet.inChannels * (order.height / factor) * (order.width / factor);
    if (!request.noise.empty() && std::ssize(request.noise) != numbers)
        refuse(fmt::format("the noise has {} numbers, where the latents of {} x {} pixels have {}",
                           request.noise.size(), order.width, order.height, numbers));
    try {
        (void)schedulerTables(order.scheduler, request.steps);
    } catch (const std::invalid_argument& error) {
        const std::string why = error.what();
        refuse(why.substr(0, why.size() - 1));
    }
    return order;
}

void ImagePipeline::Parts::observePrompts(const Order& order, const PictureObserver& observer) const {
    const auto tell = [&](const std::string& name, const torch::Tensor& value) { observer(order.index, name, value); };
    prompts.observe(order.request->prompt, "", true, tell);
    prompts.observe(order.request->negative.value_or(""), "negative_", false, tell);
}

DenoisingPiece ImagePipeline::Parts::pieceOf(const Order& order, const PictureObserver& observer) {
    const auto& request = *order.request;
    const auto positive = prompts.encode(request.prompt);
    DenoisingPiece piece{.guidance = request.guidance, .seed = request.seed};
    std::vector<torch::Tensor> contexts{positive.context};
    std::vector<torch::Tensor> pooled{positive.pooled};
    if (order.guided()) {
        EncodedPrompt negative;
        if (request.negative || !config.zerosWithoutNegative) {
            negative = prompts.encode(request.negative.value_or(""));
        } else {
            negative.context = at::zeros_like(positive.context);
            if (positive.pooled.defined()) negative.pooled = at::zeros_like(positive.pooled);
        }
        contexts.insert(contexts.begin(), negative.context);
        pooled.insert(pooled.begin(), negative.pooled);
    }
    piece.context = at::cat(contexts, 0);
    if (config.unet.hasAdditional()) {
        const std::array<std::int64_t, 2> size{order.height, order.width};
        const auto original = request.originalSize.value_or(size);
        const auto crop = request.crop.value_or(std::array<std::int64_t, 2>{0, 0});
        const auto target = request.targetSize.value_or(size);
        std::vector<float> numbers;
        for (const auto& pair : {original, crop, target})
            for (const auto one : pair) numbers.push_back(static_cast<float>(one));
        piece.sizes = at::tensor(numbers).unsqueeze(0).repeat({std::ssize(contexts), 1}).to(flat.device());
        piece.pooled = at::cat(pooled, 0);
    }
    const auto factor = config.vae.factor();
    const std::vector<std::int64_t> shape{1, config.unet.inChannels, order.height / factor, order.width / factor};
    const auto count = static_cast<std::size_t>(shape[1] * shape[2] * shape[3]);
    const auto noise = request.noise.empty() ? pictureNoise(request.seed, 0, count) : request.noise;
    piece.noise = at::tensor(noise).view(shape).to(flat.device());
    if (observer) {
        observePrompts(order, observer);
        const auto tell = [&](const char* name, const torch::Tensor& value) {
            if (value.defined()) observer(order.index, name, value);
        };
        const auto negative = contexts.size() > 1;
        tell("prompt_embeds", contexts.back());
        tell("pooled_prompt_embeds", pooled.back());
        if (negative) tell("negative_prompt_embeds", contexts.front());
        if (negative) tell("negative_pooled_prompt_embeds", pooled.front());
        tell("encoder_hidden_states", piece.context);
        tell("text_embeds", piece.pooled);
        tell("time_ids", piece.sizes);
        tell("noise", piece.noise);
    }
    return piece;
}

MadePicture ImagePipeline::Parts::pictureOf(const Order& order, const torch::Tensor& latents,
                                            const PictureObserver& observer) const {
    const auto unscaled = latents / config.vae.scaling + config.vae.shift;
    Observer inner;
    if (observer)
        inner = [&](const std::string& name, const torch::Tensor& value) {
            observer(order.index, "block.vae." + name, value);
        };
    const auto decoded = vae.decode(unscaled, inner);
    const auto shares = (decoded / 2.0 + 0.5).clamp(0.0, 1.0);
    if (observer) {
        observer(order.index, "final_latents", latents);
        observer(order.index, "vae_in", unscaled);
        observer(order.index, "vae_out", decoded);
        observer(order.index, "image01", shares);
    }
    MadePicture picture{.image = imageOf(shares), .finite = decoded.isfinite().all().item<bool>()};
    return picture;
}

std::vector<MadePicture> ImagePipeline::make(std::span<const PictureRequest> requests, const PictureMaking& how) {
    const c10::InferenceMode inference;
    auto& parts = *parts_;
    std::vector<Order> orders;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        orders.push_back(parts.orderOf(requests[i], i));
        total += Scheduler(orders.back().scheduler, requests[i].steps).passes();
    }
    parts.prompts.notice();
    std::uint64_t done = 0;
    const auto go = [&](std::uint64_t more) {
        done += more;
        if (how.progress && !how.progress(done, total)) throw Cancelled();
    };
    go(0);
    std::vector<MadePicture> pictures(requests.size());
    const std::size_t most = how.observer ? 1 : std::max<std::size_t>(how.batch, 1);
    std::vector<bool> taken(orders.size());
    for (std::size_t first = 0; first < orders.size(); ++first) {
        if (taken[first]) continue;
        std::vector<const Order*> group;
        for (std::size_t i = first; i < orders.size() && group.size() < most; ++i)
            if (!taken[i] && orders[first].goesWith(orders[i])) {
                taken[i] = true;
                group.push_back(&orders[i]);
            }
        const auto& order = *group.front();
        try {
            std::vector<DenoisingPiece> pieces;
            for (const auto* one : group) pieces.push_back(parts.pieceOf(*one, how.observer));
            PassObserver observer;
            if (how.observer)
                observer = [&](const std::string& name, const torch::Tensor& value) {
                    how.observer(order.index, name, value);
                };
            const auto latents = denoised(
                parts.unet, Scheduler(order.scheduler, order.request->steps), pieces, [&] { go(group.size()); },
                observer);
            for (std::size_t i = 0; i < group.size(); ++i) {
                auto picture =
                    parts.pictureOf(*group[i], latents.narrow(0, static_cast<std::int64_t>(i), 1), how.observer);
                const auto& request = *group[i]->request;
                picture.promptCut = parts.prompts.encode(request.prompt).cut;
                picture.negativeCut =
                    request.negative && group[i]->guided() && parts.prompts.encode(*request.negative).cut;
                pictures[group[i]->index] = std::move(picture);
            }
        } catch (const c10::Error& error) {
            const std::string_view what = error.what_without_backtrace();
            if (what.find("allocate memory") == what.npos && what.find("out of memory") == what.npos) throw;
            throw std::runtime_error(
                fmt::format("A picture of {} x {} pixels takes more memory than there is; make it smaller{}.",
                            order.width, order.height, group.size() > 1 ? ", or fewer at once" : ""));
        }
    }
    return pictures;
}

std::uint64_t ImagePipeline::workingMemory(const PipelineConfig& config, std::int64_t width, std::int64_t height,
                                           std::size_t batch) {
    const auto factor = config.vae.factor();
    // What goes around the middle is kept for the way up, and about a dozen states of the widest level are alive.
    double skips = 0.0;
    double widest = 0.0;
    double shrunk = 1.0;
    for (const auto& level : config.unet.levels) {
        const double one = static_cast<double>(level.channels) / shrunk;
        skips += one * static_cast<double>(config.unet.blocksPerLevel + 1);
        widest = std::max(widest, one);
        shrunk *= 4.0;
    }
    const auto pixels = static_cast<double>(width) * static_cast<double>(height);
    const double latents = pixels / static_cast<double>(factor * factor);
    const double unet = 2.0 * static_cast<double>(batch) * latents * (skips + 12.0 * widest);
    constexpr double kWholePixels = static_cast<double>(Vae::kWholeSide * Vae::kWholeSide);
    const double first = config.vae.levels.empty() ? 0.0 : static_cast<double>(config.vae.levels.front());
    const double vae = std::min(pixels, kWholePixels) * 5.0 * first;
    return static_cast<std::uint64_t>(sizeof(float) * std::max(unet, vae));
}

}  // namespace mergarium
