#include "tools/images_demo/configurations.h"

#include "tools/images_demo/drawings.h"

namespace mergarium::images_demo {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kTextWidth = 48;
constexpr std::int64_t kClipProjection = 32;

Json textLayers(std::int64_t tokens) {
    return {{"hidden_act", "quick_gelu"},
            {"hidden_size", kTextWidth},
            {"intermediate_size", 2 * kTextWidth},
            {"layer_norm_eps", 1e-5},
            {"max_position_embeddings", 77},
            {"model_type", "clip_text_model"},
            {"num_attention_heads", 4},
            {"num_hidden_layers", 2},
            {"vocab_size", tokens},
            {"bos_token_id", tokens - 2},
            {"eos_token_id", tokens - 1},
            {"pad_token_id", tokens - 1}};
}

}  // namespace

Json modelIndex() {
    return {{"_class_name", "StableDiffusionPipeline"},
            {"_diffusers_version", "0.30.0"},
            {"feature_extractor", {nullptr, nullptr}},
            {"requires_safety_checker", false},
            {"safety_checker", {nullptr, nullptr}},
            {"scheduler", {"diffusers", "DDIMScheduler"}},
            {"text_encoder", {"transformers", "CLIPTextModel"}},
            {"tokenizer", {"transformers", "CLIPTokenizer"}},
            {"unet", {"diffusers", "UNet2DConditionModel"}},
            {"vae", {"diffusers", "AutoencoderKL"}}};
}

Json unetConfiguration() {
    return {{"_class_name", "UNet2DConditionModel"},
            {"_diffusers_version", "0.30.0"},
            {"act_fn", "silu"},
            {"attention_head_dim", 4},
            {"block_out_channels", {32, 64}},
            {"cross_attention_dim", kTextWidth},
            {"down_block_types", {"CrossAttnDownBlock2D", "CrossAttnDownBlock2D"}},
            {"flip_sin_to_cos", true},
            {"freq_shift", 0},
            {"in_channels", 4},
            {"layers_per_block", 1},
            {"norm_eps", 1e-5},
            {"norm_num_groups", 8},
            {"out_channels", 4},
            {"sample_size", 8},
            {"up_block_types", {"CrossAttnUpBlock2D", "CrossAttnUpBlock2D"}},
            {"use_linear_projection", true}};
}

Json vaeConfiguration(double scaling) {
    return {{"_class_name", "AutoencoderKL"},
            {"_diffusers_version", "0.30.0"},
            {"act_fn", "silu"},
            {"block_out_channels", {16, 24, 32}},
            {"down_block_types", {"DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"}},
            {"in_channels", 3},
            {"latent_channels", 4},
            {"layers_per_block", 1},
            {"norm_num_groups", 8},
            {"out_channels", 3},
            {"sample_size", kSide},
            {"scaling_factor", scaling},
            {"up_block_types", {"UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"}}};
}

Json textEncoderConfiguration(std::int64_t tokens) {
    auto configuration = textLayers(tokens);
    configuration["architectures"] = {"CLIPTextModel"};
    configuration["projection_dim"] = kTextWidth;
    return configuration;
}

Json schedulerConfiguration() {
    return {{"_class_name", "DDIMScheduler"},
            {"_diffusers_version", "0.30.0"},
            {"beta_end", 0.012},
            {"beta_schedule", "scaled_linear"},
            {"beta_start", 0.00085},
            {"clip_sample", false},
            {"num_train_timesteps", 1000},
            {"prediction_type", "epsilon"},
            {"set_alpha_to_one", false},
            {"steps_offset", 1},
            {"timestep_spacing", "leading"}};
}

Json clipConfiguration(std::int64_t tokens) {
    auto text = textLayers(tokens);
    text["projection_dim"] = kClipProjection;
    const Json vision = {{"hidden_act", "quick_gelu"},
                         {"hidden_size", 64},
                         {"image_size", kSide},
                         {"intermediate_size", 128},
                         {"layer_norm_eps", 1e-5},
                         {"model_type", "clip_vision_model"},
                         {"num_attention_heads", 4},
                         {"num_channels", 3},
                         {"num_hidden_layers", 3},
                         {"patch_size", 8},
                         {"projection_dim", kClipProjection}};
    return {{"architectures", {"CLIPModel"}},
            {"logit_scale_init_value", 2.6592},
            {"model_type", "clip"},
            {"projection_dim", kClipProjection},
            {"text_config", text},
            {"vision_config", vision}};
}

Json preprocessorConfiguration() {
    const Json side = {{"height", kSide}, {"width", kSide}};
    return {{"crop_size", side},
            {"do_center_crop", true},
            {"do_convert_rgb", true},
            {"do_normalize", true},
            {"do_rescale", true},
            {"do_resize", true},
            {"image_mean", {0.5, 0.5, 0.5}},
            {"image_std", {0.5, 0.5, 0.5}},
            {"image_processor_type", "CLIPImageProcessor"},
            {"resample", 3},
            {"rescale_factor", 1.0 / 255.0},
            {"size", {{"shortest_edge", kSide}}}};
}

}  // namespace mergarium::images_demo
