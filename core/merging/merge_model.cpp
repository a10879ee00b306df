#include "core/merging/merge_model.h"

#include "core/files/json.h"
#include "core/founders/alignment.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace mergarium {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kLayerKeys[] = {"num_hidden_layers", "n_layer", "num_layers", "n_layers"};
constexpr const char* kTextParts[] = {"text_config", "llm_config"};

/// The first part of the name that is a number.
std::optional<LayeredName> firstNumber(std::string_view name) {
    std::size_t begin = 0;
    while (begin < name.size()) {
        const auto end = std::min(name.find('.', begin), name.size());
        const auto part = name.substr(begin, end - begin);
        std::uint64_t number = 0;
        const auto [rest, error] = std::from_chars(part.data(), part.data() + part.size(), number);
        if (!part.empty() && error == std::errc{} && rest == part.data() + part.size() && end < name.size())
            return LayeredName{.layer = number, .before = name.substr(0, begin), .behind = name.substr(end)};
        begin = end + 1;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> layersSaid(const Json& configuration) {
    const auto in = [](const Json& part) -> std::optional<std::uint64_t> {
        for (const auto* key : kLayerKeys)
            if (part.contains(key) && part[key].is_number_unsigned()) return part[key].get<std::uint64_t>();
        return std::nullopt;
    };
    if (!configuration.is_object()) return std::nullopt;
    if (const auto own = in(configuration)) return own;
    for (const auto* name : kTextParts)
        if (configuration.contains(name) && configuration[name].is_object())
            if (const auto text = in(configuration[name])) return text;
    return std::nullopt;
}

void sayLayers(Json& configuration, std::uint64_t layers) {
    const auto in = [&](Json& part) {
        for (const auto* key : kLayerKeys)
            if (part.contains(key)) part[key] = layers;
    };
    in(configuration);
    for (const auto* name : kTextParts)
        if (configuration.contains(name) && configuration[name].is_object()) in(configuration[name]);
}

MergeModel::MergeModel(std::string name, CheckpointFounder place, FounderSourcePtr source)
    : name_(std::move(name)), place_(std::move(place)), source_(std::move(source)) {
    const auto folder = source_->base().folder();
    std::error_code error;
    if (!folder.empty() && std::filesystem::exists(folder / "config.json", error))
        configuration_ = readOrderedJsonObject(folder / "config.json", kSettingsJson);
    findLayers();
}

void MergeModel::findLayers() {
    std::map<std::string, std::set<std::uint64_t>, std::less<>> numbers;
    for (const auto& tensor : source_->tensors())
        if (const auto found = firstNumber(tensor.name)) numbers[std::string(found->before)].insert(found->layer);
    // Layers are numbered from 0 without gaps.
    std::erase_if(numbers, [](const auto& entry) { return *entry.second.rbegin() + 1 != entry.second.size(); });
    // Some checkpoints have layers more than they say, which predict further tokens.
    const auto said = layersSaid(configuration_).value_or(0);
    const bool holds = std::ranges::any_of(numbers, [&](const auto& entry) { return entry.second.size() == said; });
    for (const auto& [prefix, layers] : numbers) {
        const bool fits = holds ? layers.size() == said : layers.size() >= layers_;
        if (!fits) continue;
        if (layers.size() > layers_) prefixes_.clear();
        layers_ = layers.size();
        prefixes_.push_back(prefix);
    }
}

std::optional<LayeredName> MergeModel::layered(std::string_view tensor) const {
    const auto found = firstNumber(tensor);
    if (!found || std::ranges::find(prefixes_, found->before) == prefixes_.end()) return std::nullopt;
    return found;
}

std::optional<std::size_t> MergeModel::find(std::string_view tensor) const {
    if (const auto own = source_->indexOf(tensor)) return own;
    if (!isHead(tensor) || !tensor.ends_with(".weight") || !source_->tiedEmbeddings()) return std::nullopt;
    const auto tensors = source_->tensors();
    const auto embedding = std::ranges::find_if(
        tensors, [](const auto& one) { return isEmbedding(one.name) && one.name.ends_with(".weight"); });
    if (embedding == tensors.end()) return std::nullopt;
    return static_cast<std::size_t>(embedding - tensors.begin());
}

}  // namespace mergarium
