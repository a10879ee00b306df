#include "core/founders/adapters/pipeline_layers.h"

#include "core/diffusion/original_names.h"
#include "core/diffusion/spellings.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

constexpr std::string_view kWeight = ".weight";
constexpr std::string_view kOriginalUnet = "model.diffusion_model.";

constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kComponents{
    {{"lora_unet_", "unet"},
     {"lora_te_", "text_encoder"},
     {"lora_te1_", "text_encoder"},
     {"lora_te2_", "text_encoder_2"},
     {"lora_te3_", "text_encoder_3"},
     {"lora_transformer_", "transformer"},
     {"unet.", "unet"},
     {"diffusion_model.", "unet"},
     {"text_encoder.", "text_encoder"},
     {"text_encoder_2.", "text_encoder_2"},
     {"text_encoder_3.", "text_encoder_3"},
     {"transformer.", "transformer"},
     {"vae.", "vae"}}};

std::string underscored(std::string name) {
    std::ranges::replace(name, '.', '_');
    return name;
}

std::string layerOf(const std::string& tensor) { return tensor.substr(0, tensor.size() - kWeight.size()); }

const TensorDescription* foundIn(const std::map<std::string, const TensorDescription*>& names,
                                 const std::string& name) {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : found->second;
}

}  // namespace

PipelineLayers::PipelineLayers(const LoraBase& base) : base_(base) {
    std::vector<std::string> names;
    for (const auto& tensor : base.tensors) names.push_back(tensor.name);
    const auto numbering = numberingOf(names);
    for (const auto& tensor : base.tensors) {
        if (!tensor.name.ends_with(kWeight)) continue;
        flat_[underscored(layerOf(tensor.name))] = &tensor;
        if (!tensor.name.starts_with("unet.")) continue;
        if (const auto original = originalName(tensor.name, numbering))
            originals_[underscored(layerOf(original->name.substr(kOriginalUnet.size())))] = &tensor;
    }
}

const TensorDescription* PipelineLayers::find(std::string_view part, const std::string& layer, bool flat) const {
    const auto known = std::ranges::find(kComponents, part, [](const auto& one) { return one.first; });
    if (known == kComponents.end()) return nullptr;
    const std::string component(known->second);
    if (flat) {
        if (const auto* tensor = foundIn(flat_, component + "_" + layer)) return tensor;
    } else {
        const auto name = modernName(component + "." + layer + std::string(kWeight));
        const auto found = std::ranges::lower_bound(base_.tensors, name, {}, &TensorDescription::name);
        if (found != base_.tensors.end() && found->name == name) return &*found;
    }
    return component == "unet" ? foundIn(originals_, underscored(layer)) : nullptr;
}

}  // namespace mergarium
