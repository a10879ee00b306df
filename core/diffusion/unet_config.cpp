#include "core/diffusion/config_checks.h"
#include "core/families/config_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace mergarium {
namespace {

using TypeNames = std::vector<std::string>;

/// By level from the top, whether there is attention; `types` in the order of `plain` and `attending`.
std::vector<bool> attendingLevels(const ConfigKeys& keys, std::string_view key, const TypeNames& types,
                                  std::string_view plain, std::string_view attending) {
    std::vector<bool> attend;
    for (const auto& type : types) {
        if (type != plain && type != attending)
            keys.refuse(key, fmt::format("has {}, which is not supported; {} and {} are", type, plain, attending));
        attend.push_back(type == attending);
    }
    return attend;
}

void refuseOtherNetworks(const ConfigKeys& keys) {
    if (keys.has("_class_name")) requireText(keys, "_class_name", "UNet2DConditionModel");
    requireText(keys, "mid_block_type", "UNetMidBlock2DCrossAttn");
    if (keys.isNull("mid_block_type")) keys.refuse("mid_block_type", "is null, which is not supported");
    requireText(keys, "act_fn", "silu");
    requireText(keys, "resnet_time_scale_shift", "default");
    requireText(keys, "time_embedding_type", "positional");
    requireText(keys, "attention_type", "default");
    for (const auto* flag : {"center_input_sample", "dual_cross_attention", "resnet_skip_time_act",
                             "class_embeddings_concat", "mid_block_only_cross_attention"})
        requireFlag(keys, flag, false);
    for (const auto* one : {"mid_block_scale_factor", "resnet_out_scale_factor", "downsample_padding"})
        requireNumber(keys, one, 1);
    for (const auto* kernel : {"conv_in_kernel", "conv_out_kernel"}) requireNumber(keys, kernel, 3);
    requireNone(
        keys, {"encoder_hid_dim", "encoder_hid_dim_type", "class_embed_type", "num_class_embeds", "time_embedding_dim",
               "time_embedding_act_fn", "timestep_post_act", "time_cond_proj_dim", "cross_attention_norm"});
    const auto* only = keys.find("only_cross_attention");
    const auto attends = [](const nlohmann::json& one) { return one.is_boolean() && one.get<bool>(); };
    if (only && (only->is_array() ? std::ranges::any_of(*only, attends) : attends(*only)))
        keys.unsupported("only_cross_attention");
}

/// One number for all levels, however it is written.
std::int64_t sameAtAllLevels(const ConfigKeys& keys, std::string_view key, std::int64_t otherwise, std::size_t levels,
                             std::int64_t most) {
    const auto numbers = countPerLevel(keys, key, otherwise, levels, most);
    if (std::ranges::any_of(numbers, [&](auto number) { return number != numbers.front(); }))
        keys.unsupported(key, ": one number for all levels is");
    return numbers.front();
}

void readAdditional(const ConfigKeys& keys, UNetConfig& config) {
    if (!keys.has("addition_embed_type")) return;
    if (keys.text("addition_embed_type") != "text_time") keys.unsupported("addition_embed_type", "; only text_time is");
    if (!keys.has("addition_time_embed_dim")) keys.refuse("addition_time_embed_dim", "is missing");
    config.sizeEmbedding = boundedCount(keys, "addition_time_embed_dim", 0, kMostChannels);
    config.additionalWidth = keys.count("projection_class_embeddings_input_dim");
    if (config.additionalWidth <= 6 * config.sizeEmbedding)
        keys.refuse("projection_class_embeddings_input_dim",
                    fmt::format("({}) leaves no room for the text beside six sizes of {} numbers each, which is not "
                                "supported",
                                config.additionalWidth, config.sizeEmbedding));
}

}  // namespace

UNetConfig unetConfigOf(const nlohmann::json& json, std::string_view place) {
    const ConfigKeys keys(json, place);
    refuseOtherNetworks(keys);
    UNetConfig config;
    config.inChannels = boundedCount(keys, "in_channels", 4, kMostChannels);
    config.outChannels = boundedCount(keys, "out_channels", 4, kMostChannels);
    const auto channels = levelChannels(keys, {320, 640, 1280, 1280});
    const auto levels = channels.size();
    config.blocksPerLevel = sameAtAllLevels(keys, "layers_per_block", 2, levels, kMostBlocks);
    config.groups = boundedCount(keys, "norm_num_groups", 32, kMostChannels);
    config.epsilon = keys.positive("norm_eps", 1e-5);
    config.contextWidth = sameAtAllLevels(keys, "cross_attention_dim", 1280, levels, kMostChannels);
    config.linearProjections = keys.flag("use_linear_projection", false);
    config.cosineFirst = keys.flag("flip_sin_to_cos", true);
    config.frequencyShift = numberOf(keys, "freq_shift", 0.0);

    // Called the size of a head, it is their number (in diffusers, too).
    const auto* headsKey = keys.has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";
    const auto heads = countPerLevel(keys, headsKey, 8, levels, kMostHeads);
    const auto depths = countPerLevel(keys, "transformer_layers_per_block", 1, levels, kMostBlocks);
    auto upDepths = depths;
    if (keys.has("reverse_transformer_layers_per_block")) {
        upDepths = countPerLevel(keys, "reverse_transformer_layers_per_block", 1, levels, kMostBlocks);
        std::ranges::reverse(upDepths);
    }
    const auto attendDown = attendingLevels(
        keys, "down_block_types",
        textPerLevel(keys, "down_block_types",
                     {"CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"}, levels),
        "DownBlock2D", "CrossAttnDownBlock2D");
    auto attendUp = attendingLevels(
        keys, "up_block_types",
        textPerLevel(keys, "up_block_types",
                     {"UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"}, levels),
        "UpBlock2D", "CrossAttnUpBlock2D");
    std::reverse(attendUp.begin(), attendUp.end());
    for (std::size_t level = 0; level < levels; ++level) {
        requireMultiple(keys, "block_out_channels", channels[level], "norm_num_groups", config.groups);
        requireMultiple(keys, "block_out_channels", channels[level], headsKey, heads[level]);
        config.levels.push_back(
            {.channels = channels[level], .heads = heads[level], .depth = attendDown[level] ? depths[level] : 0});
        config.upDepths.push_back(attendUp[level] ? upDepths[level] : 0);
    }
    config.middleDepth = depths.back();
    readAdditional(keys, config);
    return config;
}

std::int64_t sampleSizeOf(const nlohmann::json& json, std::string_view place) {
    const ConfigKeys keys(json, place);
    const auto* size = keys.find("sample_size");
    if (!size) return 0;
    if (!size->is_array()) return boundedCount(keys, "sample_size", 1, kMostChannels);
    const auto sides = countPerLevel(keys, "sample_size", 1, 2, kMostChannels);
    if (sides[0] != sides[1]) keys.unsupported("sample_size", ": only a square is");
    return sides[0];
}

}  // namespace mergarium
