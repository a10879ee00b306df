#include "core/founders/child_folder.h"

#include "core/files/json.h"
#include "core/files/refusal.h"
#include "core/founders/alignment.h"
#include "core/founders/pipelines/pipeline_companions.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace mergarium {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Of subfolders; real models have a handful.
constexpr std::size_t kMostFiles = 1000;
/// Where ModelOpt says how weights are quantised.
constexpr const char* kQuantisation = "hf_quant_config.json";
/// Where transformers keeps further chat templates.
constexpr const char* kTemplates = "additional_chat_templates";

/// As transformers spells it.
const char* torchName(DType dtype) {
    switch (dtype) {
        case DType::F64: return "float64";
        case DType::F32: return "float32";
        case DType::F16: return "float16";
        case DType::BF16: return "bfloat16";
        case DType::F8E4M3: return "float8_e4m3fn";
        case DType::F8E5M2: return "float8_e5m2";
        default: return nullptr;
    }
}

/// The names of weights that are stored as fp8 times a scale.
std::set<std::string> scaledIn(std::span<const TensorDescription> tensors) {
    std::set<std::string> names, scaled;
    for (const auto& tensor : tensors) names.insert(tensor.name);
    for (const auto& tensor : tensors)
        if (tensor.dtype == DType::F8E4M3 && names.contains(tensor.name + "_scale")) scaled.insert(tensor.name);
    return scaled;
}

/// As compressed-tensors has it: projections of 8 bits with a scale each, what passes through them scaled as it comes.
Json quantisationOf(std::span<const TensorDescription> tensors, const std::set<std::string>& scaled) {
    constexpr std::string_view kLeaf = ".weight";
    auto others = Json::array();
    for (const auto& tensor : tensors)
        if (tensor.shape.size() == 2 && tensor.name.ends_with(kLeaf) && !scaled.contains(tensor.name) &&
            !isEmbedding(tensor.name))
            others.push_back(tensor.name.substr(0, tensor.name.size() - kLeaf.size()));
    // A head that is the embedding is a layer all the same.
    if (std::ranges::none_of(tensors, isHead, &TensorDescription::name)) others.push_back("lm_head");
    const Json number = {{"num_bits", 8}, {"type", "float"}, {"symmetric", true}};
    auto weights = number, activations = number;
    weights.update({{"strategy", "tensor"}, {"dynamic", false}});
    activations.update({{"strategy", "token"}, {"dynamic", true}});
    Json group = {{"weights", weights}, {"input_activations", activations}};
    group["targets"] = Json::array({"Linear"});
    Json quantisation = {
        {"quant_method", "compressed-tensors"}, {"format", "float-quantized"}, {"quantization_status", "compressed"}};
    quantisation["config_groups"]["group_0"] = group;
    quantisation["ignore"] = others;
    return quantisation;
}

/// The element type of most of the floating numbers.
std::optional<DType> mainType(std::span<const TensorDescription> tensors, const std::set<std::string>& scaled) {
    std::map<DType, std::uint64_t> counts;
    for (const auto& tensor : tensors)
        if (isFloating(tensor.dtype) && !scaled.contains(tensor.name)) counts[tensor.dtype] += tensor.count;
    const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    if (most == counts.end()) return std::nullopt;
    return most->first;
}

/// Rows of the vocabulary, where they aren't those that the configuration was written for.
std::optional<std::int64_t> changedVocabulary(const FounderSource& founder,
                                              std::span<const TensorDescription> tensors) {
    for (const auto& tensor : tensors) {
        if (!isVocabulary(tensor.name) || tensor.shape.empty()) continue;
        const auto* own = founder.base().find(tensor.name);
        if (own && own->shape != tensor.shape) return tensor.shape.front();
    }
    return std::nullopt;
}

/// Sets a key in the configuration and in its text part, where it stands; returns whether it stood anywhere.
bool set(Json& configuration, const char* key, const Json& value) {
    bool found = false;
    const auto in = [&](Json& part) {
        if (!part.contains(key)) return;
        part[key] = value;
        found = true;
    };
    in(configuration);
    for (const char* name : {"text_config", "llm_config"})
        if (configuration.contains(name) && configuration[name].is_object()) in(configuration[name]);
    return found;
}

/// What says how the founder's weights were quantised; the model's are plain numbers.
void forgetQuantisation(Json& configuration) {
    const auto in = [](Json& part) {
        part.erase("quantization_config");
        part.erase("compression_config");
    };
    in(configuration);
    for (const char* name : {"text_config", "llm_config"})
        if (configuration.contains(name) && configuration[name].is_object()) in(configuration[name]);
}

bool isTokenizers(const std::string& name) {
    constexpr std::array<std::string_view, 10> kNames{"tokenizer.json",
                                                      "tokenizer.model",
                                                      "tokenizer_config.json",
                                                      "special_tokens_map.json",
                                                      "added_tokens.json",
                                                      "vocab.json",
                                                      "vocab.txt",
                                                      "merges.txt",
                                                      "chat_template.jinja",
                                                      "chat_template.json"};
    return std::ranges::find(kNames, name) != kNames.end() || name.starts_with(kTemplates);
}

/// The files of a folder and of these subfolders.
std::vector<std::string> namesIn(const fs::path& folder, const std::set<std::string>& subfolders) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (!entry.is_directory(error) && entry.path().filename() != kQuantisation)
            names.push_back(entry.path().filename().string());
    const auto atRoot = names.size();
    for (const auto& subfolder : subfolders)
        for (const auto& entry : fs::recursive_directory_iterator(folder / subfolder, error)) {
            if (entry.is_directory(error)) continue;
            if (names.size() - atRoot == kMostFiles)
                refuse(folder / subfolder, fmt::format("there are more than {} files in a model's subfolders; name a "
                                                       "folder that holds the model alone",
                                                       kMostFiles));
            names.push_back(entry.path().lexically_relative(folder).generic_string());
        }
    return names;
}

/// Subfolders that belong to the model in a folder.
std::set<std::string> subfoldersOf(const fs::path& folder) {
    std::set<std::string> subfolders{kTemplates};
    const auto path = folder / "modules.json";
    std::error_code error;
    if (!fs::exists(path, error)) return subfolders;
    const auto modules = readSettings(path);
    if (!modules.is_array()) refuse(path, "this is no list of modules");
    for (const auto& module : modules) {
        const auto found = module.is_object() ? module.find("path") : module.end();
        if (!module.is_object() || (found != module.end() && !found->is_string()))
            refuse(path, "a module is no object with a path");
        if (found == module.end()) continue;
        const fs::path own = fs::path(found->get<std::string>()).lexically_normal();
        if (own.empty() || own == ".") continue;
        if (own.is_absolute() || *own.begin() == "..")
            refuse(path, fmt::format("the module's path {} leads out of the model's folder", own.string()));
        subfolders.insert(own.generic_string());
    }
    return subfolders;
}

}  // namespace

std::vector<Companion> companionsOf(const FounderSource& founder) {
    if (const auto* pipeline = founder.pipeline()) return companionsOfPipeline(*pipeline);
    std::map<std::string, Companion> companions;
    const auto base = founder.base().folder(), tokenizer = founder.tokenizerFolder();
    if (base.empty()) return {};
    for (const auto& name : namesIn(base, subfoldersOf(base)))
        if (tokenizer == base || !isTokenizers(name)) companions[name] = {base, name};
    if (tokenizer != base)
        for (const auto& name : namesIn(tokenizer, {kTemplates}))
            if (isTokenizers(name)) companions[name] = {tokenizer, name};
    std::vector<Companion> sorted;
    for (auto& [name, companion] : companions) sorted.push_back(std::move(companion));
    return sorted;
}

std::map<std::string, std::string> childMetadata(const FounderSource& founder) {
    auto metadata = founder.base().metadata();
    for (const auto* key : {"modelspec.hash_sha256", "sshs_model_hash", "sshs_legacy_hash", "made_by", "layout"})
        metadata.erase(key);
    return metadata;
}

std::string childStem(const FounderSource& founder) {
    constexpr const char* kDiffusers = "diffusion_pytorch_model";
    const auto name = founder.base().files().front()->path().filename().string();
    return name.starts_with(kDiffusers) ? kDiffusers : "model";
}

bool tiedIn(const Layout& layout, const FounderSource& founder) {
    const auto isWeight = [](const std::string& name) { return isHead(name) && name.ends_with(".weight"); };
    if (std::ranges::any_of(layout.aliases, isWeight, &Layout::Alias::name)) return true;
    const auto isOwn = [&](const auto& tensor) { return isWeight(tensor.name); };
    if (std::ranges::any_of(layout.tensors, isOwn) ||
        std::ranges::any_of(layout.frozen, isOwn, &Layout::Frozen::tensor))
        return false;
    return founder.tiedEmbeddings() || std::ranges::any_of(founder.tensors(), isOwn);
}

std::vector<std::size_t> leftOutOf(const Layout& layout, const FounderSource& founder) {
    std::set<std::string_view> present;
    for (const auto& tensor : layout.tensors) present.insert(tensor.name);
    for (const auto& [tensor, owner] : layout.frozen) present.insert(tensor.name);
    for (const auto& alias : layout.aliases) present.insert(alias.name);
    const bool tied = tiedIn(layout, founder);
    std::vector<std::size_t> left;
    for (std::size_t tensor = 0; tensor < founder.tensors().size(); ++tensor) {
        const auto& name = founder.tensors()[tensor].name;
        if (!present.contains(name) && !(tied && isHead(name))) left.push_back(tensor);
    }
    return left;
}

std::optional<std::string> childConfiguration(const FounderSource& founder, std::span<const TensorDescription> tensors,
                                              const Layout& layout, ElementType named) {
    const auto path = founder.base().folder() / "config.json";
    std::error_code error;
    if (founder.pipeline() || founder.base().folder().empty() || !fs::exists(path, error)) return std::nullopt;
    auto configuration = readOrderedJsonObject(path, kSettingsJson);
    const auto before = settingsText(configuration);  // NaN would differ from itself
    const auto scaled = scaledIn(tensors);
    if (const auto type = mainType(tensors, scaled); type && torchName(*type)) {
        // transformers writes `dtype` from version 4.56 on, `torch_dtype` before.
        const bool older = set(configuration, "torch_dtype", torchName(*type));
        const bool newer = set(configuration, "dtype", torchName(*type));
        // diffusers has no such key.
        if (!older && !newer && named == ElementType::Named && !configuration.contains("_class_name"))
            configuration["torch_dtype"] = torchName(*type);
    }
    forgetQuantisation(configuration);
    if (!scaled.empty()) configuration["quantization_config"] = quantisationOf(tensors, scaled);
    if (const auto rows = changedVocabulary(founder, tensors)) set(configuration, "vocab_size", *rows);
    if (const bool tied = tiedIn(layout, founder);
        tied != tiesEmbeddings(founder.base()) && !set(configuration, "tie_word_embeddings", tied))
        configuration["tie_word_embeddings"] = tied;
    const auto text = settingsText(configuration);
    return text == before ? std::nullopt : std::optional(text + "\n");
}

}  // namespace mergarium
