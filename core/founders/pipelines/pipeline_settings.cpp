#include "core/checkpoint/pipeline_root.h"
#include "core/diffusion/component_configs.h"
#include "core/diffusion/pipeline_folder.h"
#include "core/files/json.h"
#include "core/founders/pipelines/pipeline_founder.h"
#include "core/founders/pipelines/pipeline_setup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// Puts a component's settings under its name.
class ComponentSettings {
public:
    ComponentSettings(ComputedSettings& settings, std::string component)
        : settings_(settings), component_(std::move(component)) {}

    template <typename Number>
    void put(const char* key, const Number& value) {
        settings_[component_ + "." + key] = fmt::format("{}", value);
    }

private:
    ComputedSettings& settings_;
    std::string component_;
};

// Sizes that shapes tell are not among these.

void put(ComponentSettings to, const UNetConfig& config) {
    std::vector<std::int64_t> heads;
    for (const auto& level : config.levels) heads.push_back(level.heads);
    to.put("attention_head_dim", fmt::format("[{}]", fmt::join(heads, ", ")));
    to.put("norm_num_groups", config.groups);
    to.put("norm_eps", config.epsilon);
    to.put("flip_sin_to_cos", config.cosineFirst);
    to.put("freq_shift", config.frequencyShift);
    to.put("addition_time_embed_dim", config.sizeEmbedding);
}

void put(ComponentSettings to, const VaeConfig& config) {
    to.put("norm_num_groups", config.groups);
    to.put("scaling_factor", config.scaling);
    to.put("shift_factor", config.shift);
}

void put(ComponentSettings to, const ClipTextConfig& config) {
    to.put("num_attention_heads", config.layers.heads);
    to.put("hidden_act", config.layers.activation == ClipActivation::Gelu ? "gelu" : "quick_gelu");
    to.put("layer_norm_eps", config.layers.epsilon);
}

void put(ComponentSettings to, const SchedulerConfig& config) {
    to.put("prediction_type", config.prediction == Prediction::Epsilon    ? "epsilon"
                              : config.prediction == Prediction::Velocity ? "v_prediction"
                                                                          : "sample");
    to.put("beta_schedule", config.betas == SchedulerConfig::Betas::Linear         ? "linear"
                            : config.betas == SchedulerConfig::Betas::ScaledLinear ? "scaled_linear"
                                                                                   : "squaredcos_cap_v2");
    to.put("beta_start", config.betaStart);
    to.put("beta_end", config.betaEnd);
    to.put("num_train_timesteps", config.trainSteps);
    to.put("rescale_betas_zero_snr", config.zeroTerminalSnr);
}

void putKnown(const PipelineComponent& component, const nlohmann::json& json, const std::string& place,
              ComputedSettings& settings) {
    const ComponentSettings to(settings, component.name);
    if (component.className == "UNet2DConditionModel") return put(to, unetConfigOf(json, place));
    if (component.className == "AutoencoderKL") return put(to, vaeConfigOf(json, place));
    if (component.className.starts_with("CLIPTextModel")) return put(to, clipTextConfigOf(json, place));
    for (const auto& [key, value] : computedSettings(json)) settings[component.name + "." + key] = value;
}

void putComponent(const fs::path& root, const PipelineComponent& component, ComputedSettings& settings) {
    const bool scheduler = component.name == "scheduler";
    const auto path = root / component.name / (scheduler ? kSchedulerConfig : kComponentConfig);
    std::error_code error;
    if (isLeftAlone(component.name) || !fs::exists(path, error)) return;
    const auto json = readJsonObject(path, kSettingsJson);
    try {
        // Which class makes the steps is no matter of the tensors.
        if (scheduler)
            put(ComponentSettings(settings, component.name),
                schedulerConfigOf(json, path.string(), SchedulerKind::EulerAncestral));
        else
            putKnown(component, json, path.string(), settings);
    } catch (const std::runtime_error&) {
        // What no picture can be made with can be merged all the same.
        for (const auto& [key, value] : computedSettings(json)) settings[component.name + "." + key] = value;
    }
}

}  // namespace

ComputedSettings pipelineSettings(const PipelineFounder& founder) {
    ComputedSettings settings;
    if (founder.form() == PipelineForm::Folder) {
        const auto root = founder.base().folder();
        for (const auto& component : pipelineComponents(root)) putComponent(root, component, settings);
        return settings;
    }
    const auto known = singleFileConfig(founder);
    if (!known) return settings;
    const auto& config = known->config;
    put(ComponentSettings(settings, "unet"), config.unet);
    put(ComponentSettings(settings, "vae"), config.vae);
    for (std::size_t i = 0; i < config.textEncoders.size(); ++i)
        put(ComponentSettings(settings, i == 0 ? "text_encoder" : "text_encoder_2"), config.textEncoders[i]);
    if (known->predictionSaid) put(ComponentSettings(settings, "scheduler"), config.scheduler);
    return settings;
}

}  // namespace mergarium
