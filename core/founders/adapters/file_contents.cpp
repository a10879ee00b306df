#include "core/checkpoint/safetensors.h"
#include "core/files/json.h"
#include "core/files/refusal.h"
#include "core/founders/adapters/lora_contents.h"
#include "core/founders/adapters/lora_settings.h"
#include "core/founders/adapters/pipeline_layers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

enum class Role : std::uint8_t { Down, Up, Magnitude, Alpha };

/// What a tensor's name ends with, behind the layer's. The longer of two that one name may end with stands first.
struct Ending {
    std::string_view text;
    Role role;
    bool embedding = false;
};
constexpr std::array<Ending, 18> kEndings{{{".lora_A.default.weight", Role::Down},
                                           {".lora_B.default.weight", Role::Up},
                                           {".lora_A.weight", Role::Down},
                                           {".lora_B.weight", Role::Up},
                                           {".lora_embedding_A", Role::Down, true},
                                           {".lora_embedding_B", Role::Up, true},
                                           {".lora_linear_layer.down.weight", Role::Down},
                                           {".lora_linear_layer.up.weight", Role::Up},
                                           {".lora.down.weight", Role::Down},
                                           {".lora.up.weight", Role::Up},
                                           {"_lora.down.weight", Role::Down},
                                           {"_lora.up.weight", Role::Up},
                                           {".lora_down.weight", Role::Down},
                                           {".lora_up.weight", Role::Up},
                                           {".lora_magnitude_vector.weight", Role::Magnitude},
                                           {".lora_magnitude_vector", Role::Magnitude},
                                           {".lora.alpha", Role::Alpha},
                                           {".alpha", Role::Alpha}}};

/// Before layers' names with underscores for dots.
constexpr std::array<std::string_view, 9> kFlat{"lora_unet_",     "lora_te_",          "lora_te1_",
                                                "lora_te2_",      "lora_te3_",         "lora_prior_unet_",
                                                "lora_prior_te_", "lora_transformer_", "lycoris_"};
/// Before layers' names as they are. The longer of two stands first.
constexpr std::array<std::string_view, 11> kParts{"base_model.model.",
                                                  "diffusion_model.",
                                                  "text_encoder_2.",
                                                  "text_encoder_3.",
                                                  "text_encoder.",
                                                  "transformer_2.",
                                                  "transformer.",
                                                  "unet.",
                                                  "prior.",
                                                  "text_model.",
                                                  "vae."};

/// A layer of the file, and which part of which model it is of.
struct Named {
    /// Empty: of the only one.
    std::string_view part;
    std::string layer;
    bool flat = false;
};

/// "attn1.processor.to_q" -> "attn1.to_q", as diffusers called them once.
std::string withoutProcessor(std::string layer) {
    constexpr std::string_view kProcessor = ".processor.to_";
    const auto at = layer.rfind(kProcessor);
    if (at == layer.npos) return layer;
    layer.erase(at, std::string_view(".processor").size());
    return layer.ends_with(".to_out") ? layer + ".0" : layer;
}

Named named(const std::string& layer) {
    if (layer.find('.') == layer.npos)
        for (const auto prefix : kFlat)
            if (layer.starts_with(prefix)) return {prefix, layer.substr(prefix.size()), true};
    for (const auto prefix : kParts)
        if (layer.starts_with(prefix)) return {prefix, withoutProcessor(layer.substr(prefix.size())), false};
    return {{}, withoutProcessor(layer), false};
}

std::string flattened(std::string name) {
    std::ranges::replace(name, '.', '_');
    return name;
}

/// The names of a base's layers, found by what kohya's programs make of them.
class FlatNames {
public:
    explicit FlatNames(const LoraBase& base) {
        constexpr std::string_view kLeaf = ".weight";
        for (const auto& tensor : base.tensors)
            if (tensor.name.ends_with(kLeaf)) {
                const auto layer = tensor.name.substr(0, tensor.name.size() - kLeaf.size());
                names_.emplace_back(flattened(layer), &tensor);
            }
    }

    /// Null: there is none. Of those that merely end with the name, there must be one alone.
    const TensorDescription* find(const std::string& flat, const fs::path& place) const {
        const auto which = [&](auto matches) {
            const TensorDescription* only = nullptr;
            for (const auto& [name, tensor] : names_) {
                if (!matches(name)) continue;
                if (only)
                    refuse(place, fmt::format("the layer '{}' may be '{}' or '{}' of the base: with underscores for "
                                              "dots their names are alike",
                                              flat, only->name, tensor->name));
                only = tensor;
            }
            return only;
        };
        if (const auto* tensor = which([&](const auto& name) { return name == flat; })) return tensor;
        return which([&](const auto& name) { return name.ends_with("_" + flat); });
    }

private:
    std::vector<std::pair<std::string, const TensorDescription*>> names_;
};

double numberIn(const StoredTensor& tensor, const fs::path& place) {
    if (tensor.count != 1)
        refuse(place, fmt::format("the tensor '{}' holds {} numbers, where one is needed", tensor.name, tensor.count));
    float value = 0;
    toFloats(tensor.dtype, tensor.bytes, {&value, 1});
    return static_cast<double>(value);
}

/// By the names in the file.
std::map<std::string, LoraLayer> layersIn(const Checkpoint& weights, const fs::path& place) {
    std::map<std::string, LoraLayer> layers;
    for (const auto& tensor : weights.tensors()) {
        const auto ending =
            std::ranges::find_if(kEndings, [&](const auto& one) { return tensor.name.ends_with(one.text); });
        if (ending == kEndings.end())
            refuse(place,
                   fmt::format("the tensor '{}' belongs to a kind of adapter that Mergarium can't add to the base; "
                               "merge it with the program that it was made with, and name the result",
                               tensor.name));
        if (!isFloating(tensor.dtype))
            refuse(place, fmt::format("the tensor '{}' is {}, no floating numbers", tensor.name, nameOf(tensor.dtype)));
        auto& layer = layers[tensor.name.substr(0, tensor.name.size() - ending->text.size())];
        switch (ending->role) {
            case Role::Down: layer.down = &tensor; break;
            case Role::Up: layer.up = &tensor; break;
            case Role::Magnitude: layer.magnitude = &tensor; break;
            case Role::Alpha: layer.alpha = numberIn(tensor, place); break;
        }
        layer.embedding = layer.embedding || ending->embedding;
    }
    return layers;
}

/// diffusers' settings of the parts of a model, which lie in the header of the file.
class HeaderSettings {
public:
    HeaderSettings(const Checkpoint& weights, const fs::path& place) : place_(place) {
        const auto bytes = weights.files().front()->bytes();
        const auto metadata = parseSafetensorsHeader(bytes, bytes.size(), place.string()).metadata;
        const auto found = metadata.find("lora_adapter_metadata");
        if (found == metadata.end()) return;
        try {
            json_ = parseJson(found->second, kSettingsJson);
        } catch (const JsonError& error) {
            refuse(place, fmt::format("lora_adapter_metadata in the file's header is no JSON: {}", error.what()));
        }
        if (!json_.is_object()) refuse(place, "lora_adapter_metadata in the file's header is no JSON object");
    }

    /// Of a part ("unet."; empty: of the only one); absent: nothing is said.
    std::optional<LoraSettings> of(std::string_view part) const {
        auto settings = nlohmann::ordered_json::object();
        if (json_.is_object())
            for (const auto& [key, value] : json_.items())
                if (key.starts_with(part)) settings[key.substr(part.size())] = value;
        if (!settings.contains("r")) return std::nullopt;
        if (!settings.contains("peft_type")) settings["peft_type"] = "LORA";
        return loraSettingsIn(settings, place_);
    }

private:
    const fs::path& place_;
    nlohmann::json json_;
};

/// A layer of the file and the base's tensor that it changes.
struct Match {
    std::string name;
    const LoraLayer* layer = nullptr;
    const TensorDescription* tensor = nullptr;
};

bool fits(const Match& match, bool transposed) {
    const auto& [name, layer, tensor] = match;
    if (!tensor || !layer->down || !layer->up || layer->down->shape.empty() || layer->up->shape.empty()) return false;
    const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(layer->down->shape.front()));
    return mergarium::fits(*tensor, static_cast<std::uint64_t>(layer->up->shape.front()), layer->down->count / rank,
                           transposed);
}

}  // namespace

LoraContents fileContents(const Checkpoint& weights, const LoraBase& base, const fs::path& place) {
    auto layers = layersIn(weights, place);
    const FlatNames flat(base);
    const PipelineLayers components(base);
    const HeaderSettings header(weights, place);
    std::map<std::string_view, std::optional<LoraSettings>> settings;
    std::map<std::string_view, std::vector<Match>> parts;
    for (auto& [name, layer] : layers) {
        const auto own = named(name);
        if (!settings.contains(own.part)) settings[own.part] = header.of(own.part);
        if (const auto& said = settings[own.part]; said && !layer.alpha && layer.down && !layer.down->shape.empty()) {
            const auto rank = static_cast<std::uint64_t>(layer.down->shape.front());
            layer.alpha = said->scaleOf(own.layer, rank) * static_cast<double>(rank);
        }
        const auto* tensor = components.find(own.part, own.layer, own.flat);
        if (!tensor) tensor = own.flat ? flat.find(own.layer, place) : inBase(base, own.layer + ".weight");
        if (!tensor) tensor = inBase(base, name + ".weight");
        parts[own.part].push_back({name, &layer, tensor});
    }

    LoraContents contents;
    bool straight = false;
    for (const auto& [part, matches] : parts) {
        const auto isOfBase = [](const Match& one) { return fits(one, false) || fits(one, true); };
        if (std::ranges::none_of(matches, isOfBase) && parts.size() > 1) {
            contents.otherParts.emplace_back(part);
            continue;
        }
        for (const auto& match : matches) {
            const auto& [name, layer, tensor] = match;
            straight = straight || !fits(match, true);
            contents.transposed = contents.transposed || !fits(match, false);
            if (!tensor)
                refuse(place, fmt::format("the adapter changes '{}', which the base {} doesn't have; is it the right "
                                          "base?",
                                          name, base.path.string()));
            auto own = tensor->name.substr(0, tensor->name.size() - std::string_view(".weight").size());
            if (!contents.layers.emplace(std::move(own), *layer).second)
                refuse(place, fmt::format("the adapter changes '{}' of the base twice", tensor->name));
        }
    }
    contents.transposed = contents.transposed && !straight;
    if (contents.layers.empty())
        refuse(place,
               fmt::format("the base {} has no layer that the adapter changes ('{}', ...); is it the right base?",
                           base.path.string(), layers.empty() ? "" : layers.begin()->first));
    return contents;
}

bool isAdapter(const fs::path& path) {
    std::error_code error;
    if (fs::exists(path / "adapter_config.json", error)) return true;
    std::vector<fs::path> files;
    if (fs::is_directory(path, error))
        for (const auto& entry : fs::directory_iterator(path, error))
            if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
    if (files.empty() && fs::is_regular_file(path, error)) files.push_back(path);
    if (files.size() != 1) return false;
    try {
        return std::ranges::any_of(readSafetensorsHeader(files.front()).tensors, [](const auto& tensor) {
            return std::ranges::any_of(kEndings, [&](const auto& ending) {
                return ending.role == Role::Down && tensor.first.ends_with(ending.text);
            });
        });
    } catch (const std::exception&) {
        return false;  // whoever opens it says what is wrong
    }
}

}  // namespace mergarium
