#include "core/diffusion/shapes_config.h"

#include "core/diffusion/component_configs.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

/// A model of another architecture.
class Unknown : public std::exception {};

constexpr std::int64_t kHeadSize = 64;
constexpr std::int64_t kGroups = 32;

class Shapes {
public:
    explicit Shapes(std::span<const TensorDescription> tensors) : tensors_(tensors) {}

    bool has(const std::string& name) const { return find(name) != nullptr; }
    /// Throws Unknown.
    std::int64_t extent(const std::string& name, std::size_t dimension) const {
        const auto* tensor = find(name);
        if (!tensor || tensor->shape.size() <= dimension) throw Unknown();
        const auto extent = tensor->shape[dimension];
        if (extent < 1 || extent > 10'000'000) throw Unknown();
        return extent;
    }
    std::size_t rank(const std::string& name) const {
        const auto* tensor = find(name);
        return tensor ? tensor->shape.size() : 0;
    }
    /// How many of `pattern`, whose {} is a number from 0 on, there are in a row.
    std::int64_t count(const std::string& before, const std::string& behind) const {
        std::int64_t number = 0;
        while (number < kMostBlocks && has(before + std::to_string(number) + behind)) ++number;
        return number;
    }

private:
    const TensorDescription* find(const std::string& name) const {
        const auto found = std::ranges::lower_bound(tensors_, name, {}, &TensorDescription::name);
        return found != tensors_.end() && found->name == name ? &*found : nullptr;
    }

    std::span<const TensorDescription> tensors_;
};

constexpr const char* kAttention = ".norm1.weight";

std::int64_t depthIn(const Shapes& shapes, const std::string& block) {
    return shapes.count(block + ".attentions.0.transformer_blocks.", kAttention);
}

UNetConfig unetOfShapes(const Shapes& shapes, std::int64_t projection) {
    UNetConfig unet;
    unet.inChannels = shapes.extent("unet.conv_in.weight", 1);
    unet.outChannels = shapes.extent("unet.conv_out.weight", 0);
    const auto levels = shapes.count("unet.down_blocks.", ".resnets.0.conv1.weight");
    if (levels < 1 || levels > static_cast<std::int64_t>(kMostLevels)) throw Unknown();
    unet.blocksPerLevel = shapes.count("unet.down_blocks.0.resnets.", ".conv1.weight");
    unet.groups = kGroups;
    std::string attending;
    for (std::int64_t i = 0; i < levels; ++i) {
        const auto down = fmt::format("unet.down_blocks.{}", i);
        const auto channels = shapes.extent(down + ".resnets.0.conv1.weight", 0);
        unet.levels.push_back({.channels = channels, .heads = 0, .depth = depthIn(shapes, down)});
        unet.upDepths.push_back(depthIn(shapes, fmt::format("unet.up_blocks.{}", levels - 1 - i)));
        if (unet.levels.back().depth > 0 && attending.empty()) attending = down + ".attentions.0";
    }
    if (attending.empty() || unet.levels.front().channels != 320) throw Unknown();
    unet.middleDepth = depthIn(shapes, "unet.mid_block");
    unet.contextWidth = shapes.extent(attending + ".transformer_blocks.0.attn2.to_k.weight", 1);
    unet.linearProjections = shapes.rank(attending + ".proj_in.weight") == 2;
    if (shapes.has("unet.add_embedding.linear_1.weight")) {
        unet.additionalWidth = shapes.extent("unet.add_embedding.linear_1.weight", 1);
        unet.sizeEmbedding = (unet.additionalWidth - projection) / 6;
        if (unet.sizeEmbedding < 1) throw Unknown();
    }
    const bool eight = unet.contextWidth == 768 && !unet.hasAdditional();
    for (auto& level : unet.levels) {
        if (level.channels % kHeadSize != 0) throw Unknown();
        level.heads = eight ? 8 : level.channels / kHeadSize;
    }
    return unet;
}

VaeConfig vaeOfShapes(const Shapes& shapes, bool xl) {
    VaeConfig vae;
    const auto levels = shapes.count("vae.encoder.down_blocks.", ".resnets.0.conv1.weight");
    if (levels < 1 || levels > static_cast<std::int64_t>(kMostLevels)) throw Unknown();
    for (std::int64_t i = 0; i < levels; ++i) {
        vae.levels.push_back(shapes.extent(fmt::format("vae.encoder.down_blocks.{}.resnets.0.conv1.weight", i), 0));
        if (vae.levels.back() % kGroups != 0) throw Unknown();
    }
    if (vae.levels.front() != 128) throw Unknown();
    vae.blocksPerLevel = shapes.count("vae.encoder.down_blocks.0.resnets.", ".conv1.weight");
    vae.latentChannels = shapes.extent("vae.decoder.conv_in.weight", 1);
    vae.channels = shapes.extent("vae.encoder.conv_in.weight", 1);
    vae.quantConvolution = shapes.has("vae.quant_conv.weight");
    vae.postQuantConvolution = shapes.has("vae.post_quant_conv.weight");
    vae.middleAttention = shapes.has("vae.decoder.mid_block.attentions.0.to_q.weight");
    vae.scaling = xl ? 0.13025 : 0.18215;
    return vae;
}

ClipTextConfig textOfShapes(const Shapes& shapes, const std::string& component) {
    const auto model = component + ".text_model.";
    ClipTextConfig text;
    text.vocabulary = shapes.extent(model + "embeddings.token_embedding.weight", 0);
    text.layers.width = shapes.extent(model + "embeddings.token_embedding.weight", 1);
    text.positions = shapes.extent(model + "embeddings.position_embedding.weight", 0);
    text.layers.count = shapes.count(model + "encoder.layers.", ".mlp.fc1.weight");
    text.layers.inner = shapes.extent(model + "encoder.layers.0.mlp.fc1.weight", 0);
    if (text.layers.width % kHeadSize != 0) throw Unknown();
    text.layers.heads = text.layers.width / kHeadSize;
    // OpenCLIP's, which are wider than CLIP's.
    text.layers.activation = text.layers.width > 768 ? ClipActivation::Gelu : ClipActivation::QuickGelu;
    const auto projection = component + ".text_projection.weight";
    if (component == "text_encoder_2") text.projection = shapes.extent(projection, 0);
    return text;
}

/// Whether velocities are predicted; absent: nothing says.
std::optional<bool> saysVelocity(const std::map<std::string, std::string>& metadata,
                                 std::span<const std::string> extras, std::string_view sidecar) {
    if (std::ranges::find(extras, "v_pred") != extras.end()) return true;
    if (const auto type = metadata.find("modelspec.prediction_type"); type != metadata.end())
        return type->second.starts_with("v");
    if (const auto name = metadata.find("modelspec.architecture"); name != metadata.end()) {
        if (name->second.find("768-v") != std::string::npos) return true;
        if (name->second.starts_with("stable-diffusion-v2")) return false;
    }
    for (const std::string_view line : {"parameterization: \"v\"", "parameterization: 'v'", "parameterization: v\n"})
        if (sidecar.find(line) != sidecar.npos) return true;
    return sidecar.empty() ? std::nullopt : std::optional(false);
}

}  // namespace

std::optional<ShapesConfig> configOfShapes(std::span<const TensorDescription> tensors,
                                           const std::map<std::string, std::string>& metadata,
                                           std::span<const std::string> extras, std::string_view sidecar) try {
    const Shapes shapes(tensors);
    ShapesConfig found;
    auto& config = found.config;
    const bool xl = shapes.has("text_encoder_2.text_projection.weight");
    config.textEncoders.push_back(textOfShapes(shapes, "text_encoder"));
    if (xl) config.textEncoders.push_back(textOfShapes(shapes, "text_encoder_2"));
    config.unet = unetOfShapes(shapes, config.textEncoders.back().projection);
    config.vae = vaeOfShapes(shapes, xl);
    config.zerosWithoutNegative = xl;
    config.scheduler = {.kind = SchedulerKind::Euler,
                        .betaStart = 0.00085,
                        .betaEnd = 0.012,
                        .betas = SchedulerConfig::Betas::ScaledLinear,
                        .spacing = SchedulerConfig::Spacing::Leading,
                        .stepsOffset = 1};
    const auto velocity = saysVelocity(metadata, extras, sidecar);
    found.predictionSaid = velocity.has_value();
    if (velocity.value_or(false)) config.scheduler.prediction = Prediction::Velocity;
    config.scheduler.zeroTerminalSnr = std::ranges::find(extras, "ztsnr") != extras.end();
    const bool second = config.unet.contextWidth == 1024 && !xl;
    if (!velocity && second)
        found.assumed.emplace_back(
            "nothing in the file says whether its U-Net predicts noise or, as those for 768 pixels do, velocities; "
            "noise is assumed");
    config.size = xl ? 1024 : second && velocity.value_or(false) ? 768 : 512;
    return found;
} catch (const Unknown&) {
    return std::nullopt;
}

}  // namespace mergarium
