#include "core/diffusion/config_checks.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace mergarium {
namespace {

void requireBlocks(const ConfigKeys& keys, std::string_view key, const std::string& only, std::size_t levels) {
    const auto types = textPerLevel(keys, key, std::vector<std::string>(levels, only), levels);
    if (std::ranges::any_of(types, [&](const auto& type) { return type != only; }))
        keys.unsupported(key, "; only " + only + " is");
}

}  // namespace

VaeConfig vaeConfigOf(const nlohmann::json& json, std::string_view place) {
    const ConfigKeys keys(json, place);
    if (keys.has("_class_name")) requireText(keys, "_class_name", "AutoencoderKL");
    requireText(keys, "act_fn", "silu");
    requireNone(keys, {"latents_mean", "latents_std"});
    VaeConfig config;
    config.channels = boundedCount(keys, "in_channels", 3, kMostChannels);
    if (config.channels != 3) keys.unsupported("in_channels", "; only 3, of a picture in colour, is");
    requireNumber(keys, "out_channels", static_cast<double>(config.channels));
    config.latentChannels = boundedCount(keys, "latent_channels", 4, kMostChannels);
    config.levels = levelChannels(keys, {64});
    config.blocksPerLevel = boundedCount(keys, "layers_per_block", 1, kMostBlocks);
    config.groups = boundedCount(keys, "norm_num_groups", 32, kMostChannels);
    config.scaling = keys.positive("scaling_factor", 0.18215);
    config.shift = numberOf(keys, "shift_factor", 0.0);
    config.quantConvolution = keys.flag("use_quant_conv", true);
    config.postQuantConvolution = keys.flag("use_post_quant_conv", true);
    config.middleAttention = keys.flag("mid_block_add_attention", true);
    requireBlocks(keys, "down_block_types", "DownEncoderBlock2D", config.levels.size());
    requireBlocks(keys, "up_block_types", "UpDecoderBlock2D", config.levels.size());
    for (const auto channels : config.levels)
        requireMultiple(keys, "block_out_channels", channels, "norm_num_groups", config.groups);
    return config;
}

}  // namespace mergarium
