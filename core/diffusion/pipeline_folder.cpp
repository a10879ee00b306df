#include "core/diffusion/pipeline_folder.h"

#include "core/checkpoint/pipeline_root.h"
#include "core/diffusion/component_configs.h"
#include "core/families/config_keys.h"
#include "core/files/json.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Whose class has to be one that is known.
std::optional<PipelineComponent> componentOf(const fs::path& root, const std::vector<PipelineComponent>& components,
                                             std::string_view name, std::string_view className) {
    const auto found = std::ranges::find(components, name, &PipelineComponent::name);
    if (found == components.end()) return std::nullopt;
    if (found->className != className)
        refuse(root / kModelIndex,
               fmt::format("the {} is a {}; pictures are made with a {} alone", name, found->className, className));
    return *found;
}

template <typename Config>
Config componentConfig(const fs::path& root, std::string_view name, const char* file,
                       Config (*read)(const json&, std::string_view)) {
    const auto path = root / name / file;
    return read(readJsonObject(path, kSettingsJson), path.string());
}

void requirePart(bool there, const fs::path& root, std::string_view name) {
    if (!there) refuse(root / kModelIndex, fmt::format("there is no {}, without which no picture is made", name));
}

std::int64_t widthOfTexts(const PipelineConfig& config) {
    std::int64_t width = 0;
    for (const auto& text : config.textEncoders) width += text.layers.width;
    return width;
}

}  // namespace

PipelineConfig pipelineConfigOf(const fs::path& root, std::optional<SchedulerKind> scheduler) {
    const auto components = pipelineComponents(root);
    const auto has = [&](std::string_view name, std::string_view className) {
        return componentOf(root, components, name, className).has_value();
    };
    PipelineConfig config;
    requirePart(has("unet", "UNet2DConditionModel"), root, "unet");
    requirePart(has("vae", "AutoencoderKL"), root, "vae");
    requirePart(has("text_encoder", "CLIPTextModel"), root, "text_encoder");
    config.unet = componentConfig(root, "unet", kComponentConfig, unetConfigOf);
    config.vae = componentConfig(root, "vae", kComponentConfig, vaeConfigOf);
    config.textEncoders = {componentConfig(root, "text_encoder", kComponentConfig, clipTextConfigOf)};
    config.textEncoders.front().projection = 0;
    if (has("text_encoder_2", "CLIPTextModelWithProjection")) {
        const auto path = root / "text_encoder_2" / kComponentConfig;
        auto file = readJsonObject(path, kSettingsJson);
        file["architectures"] = {"CLIPTextModelWithProjection"};
        config.textEncoders.push_back(clipTextConfigOf(file, path.string()));
    }
    const auto schedulerPath = root / "scheduler" / kSchedulerConfig;
    config.scheduler =
        schedulerConfigOf(readJsonObject(schedulerPath, kSettingsJson), schedulerPath.string(), scheduler);
    const auto index = readJsonObject(root / kModelIndex, kSettingsJson);
    const auto indexPath = (root / kModelIndex).string();
    config.zerosWithoutNegative =
        config.isXl() && ConfigKeys(index, indexPath).flag("force_zeros_for_empty_prompt", true);
    const auto unetPath = root / "unet" / kComponentConfig;
    const auto side = sampleSizeOf(readJsonObject(unetPath, kSettingsJson), unetPath.string());
    config.size = (side > 0 ? side : config.isXl() ? 128 : 64) * config.vae.factor();
    checkPipeline(config, root.string());
    return config;
}

void checkPipeline(const PipelineConfig& config, std::string_view place) {
    const auto& unet = config.unet;
    const auto check = [&](bool holds, const std::string& why) {
        if (!holds) refuse(fs::path(place), why);
    };
    if (unet.inChannels > unet.outChannels)
        refuse(fs::path(place), fmt::format("the U-Net takes {} channels and gives {}: it is one for inpainting or "
                                            "editing, which makes no picture from a text alone",
                                            unet.inChannels, unet.outChannels));
    check(unet.inChannels == config.vae.latentChannels && unet.outChannels == config.vae.latentChannels,
          fmt::format("the U-Net takes latents of {} channels and the VAE's have {}", unet.inChannels,
                      config.vae.latentChannels));
    check(unet.contextWidth == widthOfTexts(config),
          fmt::format("the U-Net attends to texts of width {} and the text encoders' is {}", unet.contextWidth,
                      widthOfTexts(config)));
    check(unet.hasAdditional() == config.isXl(),
          config.isXl() ? "there are two text encoders, and the U-Net has no additional embedding"
                        : "the U-Net has an additional embedding, and there is no second text encoder");
    if (!config.isXl()) return;
    const auto additional = config.textEncoders.back().projection + 6 * unet.sizeEmbedding;
    check(unet.additionalWidth == additional,
          fmt::format("the U-Net's additional embedding takes {} numbers, and the text's projection and six sizes are "
                      "{}",
                      unet.additionalWidth, additional));
}

}  // namespace mergarium
