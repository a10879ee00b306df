#include "core/diffusion/config_checks.h"
#include "core/families/config_parts.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace mergarium {
namespace {

struct ClipDefaults {
    std::int64_t width, inner, layers, heads;
};

/// Nobody reads as many tokens, or sees as many pixels of a side.
constexpr std::int64_t kMostPositions = 1'000'000;
constexpr std::int64_t kMostPixels = 65'536;

ClipActivation clipActivationOf(const ConfigKeys& keys) {
    const auto name = keys.text("hidden_act", "quick_gelu");
    if (name == "quick_gelu") return ClipActivation::QuickGelu;
    if (name == "gelu") return ClipActivation::Gelu;
    keys.unsupported("hidden_act", "; supported are quick_gelu and gelu");
}

ClipLayers clipLayersOf(const ConfigKeys& keys, const ClipDefaults& defaults) {
    ClipLayers layers;
    layers.width = boundedCount(keys, "hidden_size", defaults.width, kMostChannels);
    layers.inner = boundedCount(keys, "intermediate_size", defaults.inner, 16 * kMostChannels);
    layers.count = boundedCount(keys, "num_hidden_layers", defaults.layers, kMostBlocks);
    layers.heads = boundedCount(keys, "num_attention_heads", defaults.heads, kMostHeads);
    requireMultiple(keys, "hidden_size", layers.width, "num_attention_heads", layers.heads);
    layers.activation = clipActivationOf(keys);
    layers.epsilon = keys.positive("layer_norm_eps", 1e-5);
    return layers;
}

bool isArchitecture(const nlohmann::json& json, std::string_view name) {
    const auto found = json.find("architectures");
    return found != json.end() && found->is_array() && std::ranges::find(*found, name) != found->end();
}

ClipTextConfig textConfigOf(const ConfigKeys& keys) {
    ClipTextConfig config;
    config.layers = clipLayersOf(keys, {.width = 512, .inner = 2048, .layers = 12, .heads = 8});
    config.vocabulary = keys.count("vocab_size", 49408);
    config.positions = boundedCount(keys, "max_position_embeddings", 77, kMostPositions);
    config.endToken = keys.countOrZero("eos_token_id", 49407);
    return config;
}

ClipVisionConfig visionConfigOf(const ConfigKeys& keys) {
    ClipVisionConfig config;
    config.layers = clipLayersOf(keys, {.width = 768, .inner = 3072, .layers = 12, .heads = 12});
    config.imageSize = boundedCount(keys, "image_size", 224, kMostPixels);
    config.patchSize = boundedCount(keys, "patch_size", 32, kMostPixels);
    config.projection = boundedCount(keys, "projection_dim", 512, kMostChannels);
    requireNumber(keys, "num_channels", 3);
    if (config.patchSize > config.imageSize) keys.refuse("patch_size", "is larger than image_size");
    return config;
}

/// Part `name`, with what its "_dict" says otherwise, which files of before 2023 have and transformers prefers.
nlohmann::json clipPart(const ConfigKeys& keys, const std::string& name) {
    auto part = nlohmann::json::object();
    for (const auto& key : {name, name + "_dict"}) {
        if (!keys.has(key)) continue;
        if (!keys.find(key)->is_object()) keys.refuse(key, "is not a JSON object");
        part.update(*keys.find(key));
    }
    return part;
}

}  // namespace

ClipTextConfig clipTextConfigOf(const nlohmann::json& json, std::string_view place) {
    const ConfigKeys keys(json, place);
    if (keys.has("model_type")) requireText(keys, "model_type", "clip_text_model");
    auto config = textConfigOf(keys);
    if (isArchitecture(json, "CLIPTextModelWithProjection"))
        config.projection = boundedCount(keys, "projection_dim", 512, kMostChannels);
    return config;
}

ClipVisionConfig clipVisionConfigOf(const nlohmann::json& json, std::string_view place) {
    const ConfigKeys keys(json, place);
    if (keys.has("model_type")) requireText(keys, "model_type", "clip_vision_model");
    return visionConfigOf(keys);
}

ClipConfig clipConfigOf(const nlohmann::json& json, std::string_view place) {
    const ConfigKeys keys(json, place);
    requireText(keys, "model_type", "clip");
    const auto text = clipPart(keys, "text_config"), vision = clipPart(keys, "vision_config");
    ClipConfig config{.text = textConfigOf({text, place, "text_config."}),
                      .vision = visionConfigOf({vision, place, "vision_config."})};
    config.text.projection = config.vision.projection = boundedCount(keys, "projection_dim", 512, kMostChannels);
    return config;
}

}  // namespace mergarium
