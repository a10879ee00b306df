#include "core/networks/diffusion/unet.h"

#include "core/networks/diffusion/transformer.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {
namespace {

constexpr const char* kSourceOfUNet = "The U-Net";

torch::Tensor perceptron(const torch::Tensor& x, const Affine& first, const Affine& second) {
    return product(activated(product(x, first)), second);
}

/// One forward pass.
class UNetPass {
public:
    UNetPass(const UNetConfig& config, const UNetWeights& weights, const UNetInput& input, const Observer& observer)
        : config_(config), weights_(weights), input_(input), trace_(observer) {}

    torch::Tensor run() {
        time_ = activated(embedding());
        const Trace& trace = trace_;
        auto x = convolved(input_.latents, weights_.in);
        trace("conv_in", x);
        skipped_.push_back(x);
        for (std::size_t i = 0; i < weights_.down.size(); ++i) x = down(x, i, trace.at("down.", i));
        x = middle(x, trace.at("mid."));
        for (std::size_t i = 0; i < weights_.up.size(); ++i) x = up(x, i, trace.at("up.", i));
        x = groupNorm(x, weights_.norm, norm());
        trace("conv_norm_out", x);
        return convolved(activated(x), weights_.out);
    }

private:
    GroupNorm norm() const { return {.groups = config_.groups, .epsilon = config_.epsilon}; }

    /// [n or 1, 4 * channels of the top]
    torch::Tensor embedding() const {
        const auto like = input_.latents.options();
        const auto times =
            sinusoids(input_.timesteps, config_.levels.front().channels, config_.cosineFirst, config_.frequencyShift)
                .to(like);
        const auto forAll = [&](const torch::Tensor& rows) { return rows.expand({input_.latents.size(0), -1}); };
        trace_("time_proj", forAll(times));
        auto embedded = perceptron(times, weights_.time1, weights_.time2);
        trace_("time_embedding", forAll(embedded));
        if (!config_.hasAdditional()) return embedded;
        const auto sizes = input_.sizes.to(torch::kCPU, torch::kFloat64).contiguous();
        const auto* first = sizes.data_ptr<double>();
        const auto each = sinusoids({first, first + sizes.numel()}, config_.sizeEmbedding, config_.cosineFirst,
                                    config_.frequencyShift)
                              .to(like);
        trace_("add_time_proj", each);
        const auto pictures = sizes.size(0);
        const auto additional = perceptron(at::cat({input_.pooled, each.view({pictures, -1})}, 1), weights_.additional1,
                                           weights_.additional2);
        trace_("add_embedding", additional);
        return embedded + additional;
    }

    torch::Tensor part(torch::Tensor x, const UNetWeights::Level& level, std::size_t index, std::int64_t heads,
                       const Trace& trace) const {
        x = level.residual[index](x, time_, norm());
        trace.at("resnet.", index)("", x);
        if (index >= level.transformers.size()) return x;
        return transformed(x, level.transformers[index],
                           {.context = input_.context, .heads = heads, .groups = config_.groups},
                           trace.at("attn.", index));
    }

    torch::Tensor down(torch::Tensor x, std::size_t index, const Trace& trace) {
        const auto& level = weights_.down[index];
        for (std::size_t i = 0; i < level.residual.size(); ++i) {
            x = part(x, level, i, config_.levels[index].heads, trace);
            skipped_.push_back(x);
        }
        if (level.resampling.weight.defined()) {
            x = convolved(x, level.resampling, {.step = 2});
            skipped_.push_back(x);
        }
        trace("", x);
        return x;
    }

    torch::Tensor middle(torch::Tensor x, const Trace& trace) const {
        const auto& level = weights_.middle;
        for (std::size_t i = 0; i < level.residual.size(); ++i)
            x = part(x, level, i, config_.levels.back().heads, trace);
        trace("", x);
        return x;
    }

    torch::Tensor up(torch::Tensor x, std::size_t index, const Trace& trace) {
        const auto& level = weights_.up[index];
        for (std::size_t i = 0; i < level.residual.size(); ++i) {
            x = at::cat({x, skipped_.back()}, 1);
            skipped_.pop_back();
            x = part(x, level, i, config_.levels[config_.levels.size() - 1 - index].heads, trace);
        }
        if (level.resampling.weight.defined()) {
            // Twice as large, or as the way down had it where that was odd.
            const auto& next = skipped_.back();
            x = convolved(at::upsample_nearest2d(x, {next.size(2), next.size(3)}), level.resampling);
        }
        trace("", x);
        return x;
    }

    const UNetConfig& config_;
    const UNetWeights& weights_;
    const UNetInput& input_;
    Trace trace_;
    torch::Tensor time_;
    std::vector<torch::Tensor> skipped_;
};

void checkInput(const UNetConfig& config, const UNetInput& input) {
    const auto require = [](bool holds, const char* what) {
        if (!holds) throw std::invalid_argument(fmt::format("{} was given {}.", kSourceOfUNet, what));
    };
    const auto& latents = input.latents;
    require(latents.dim() == 4 && latents.size(1) == config.inChannels && latents.numel() > 0,
            "latents that aren't [pictures, channels, height, width] with its channels");
    const auto pictures = latents.size(0);
    const auto times = static_cast<std::int64_t>(input.timesteps.size());
    require(times == 1 || times == pictures, "neither one timestep nor one for every picture");
    const auto& context = input.context;
    require(context.dim() == 3 && context.size(0) == pictures && context.size(1) > 0 &&
                context.size(2) == config.contextWidth,
            "a text that isn't [pictures, tokens, width] with its width");
    if (!config.hasAdditional()) return;
    require(input.sizes.defined() && input.sizes.dim() == 2 && input.sizes.size(0) == pictures,
            "no sizes for every picture");
    require(input.pooled.defined() && input.pooled.dim() == 2 && input.pooled.size(0) == pictures &&
                input.pooled.size(1) + input.sizes.size(1) * config.sizeEmbedding == config.additionalWidth,
            "a pooled text and sizes that don't make up its additional embedding");
}

}  // namespace

UNet::UNet(UNetConfig config, const torch::Tensor& flat, const Layout& layout, const std::string& prefix)
    : config_(std::move(config)) {
    checkConfig(config_, kSourceOfUNet);
    TensorsIn tensors(flat, layout, {.prefix = prefix});
    UNetWeights::visit(tensors, config_, weights_);
    tensors.finish(kSourceOfUNet);
}

UNet::UNet(UNetConfig config, TensorVisitor& tensors) : config_(std::move(config)) {
    checkConfig(config_, kSourceOfUNet);
    UNetWeights::visit(tensors, config_, weights_);
}

torch::Tensor UNet::forward(const UNetInput& input, const Observer& observer) const {
    checkInput(config_, input);
    return UNetPass(config_, weights_, input, observer).run();
}

void checkConfig(const UNetConfig& config, std::string_view source) {
    const auto require = [&](bool holds, std::string_view what) {
        if (!holds) throw std::runtime_error(fmt::format("{}: its configuration {}.", source, what));
    };
    require(!config.levels.empty() && config.upDepths.size() == config.levels.size(),
            "has no levels, or another number of them on the way up");
    require(config.groups > 0 && config.blocksPerLevel > 0, "has no groups or no blocks");
    require(config.inChannels > 0 && config.outChannels > 0, "has no channels");
    for (std::size_t i = 0; i < config.levels.size(); ++i) {
        const auto& level = config.levels[i];
        require(level.channels > 0 && level.channels % config.groups == 0,
                "has channels that can't be divided into its groups");
        const bool attends =
            level.depth > 0 || config.upDepths[i] > 0 || (i + 1 == config.levels.size() && config.middleDepth > 0);
        require(!attends || (level.heads > 0 && level.channels % level.heads == 0),
                "has channels that can't be divided into its attention heads");
    }
    require(config.levels.front().channels % 2 == 0, "has an odd number of channels at the top");
}

void checkTensors(const UNetConfig& config, const Layout& layout, const std::string& prefix, std::string_view source) {
    checkConfig(config, source);
    TensorsIn tensors({}, layout, {.prefix = prefix});
    UNetWeights none;
    UNetWeights::visit(tensors, config, none);
    tensors.finish(source);
}

}  // namespace mergarium
