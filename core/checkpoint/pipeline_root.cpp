#include "core/checkpoint/pipeline_root.h"

#include "core/files/json.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace mergarium {
namespace {

constexpr std::size_t kMostComponents = 64;
/// Of a file, as the system has it.
constexpr std::size_t kLongestFolder = 255;

bool isFolderName(const std::string& name) {
    return !name.empty() && name.size() <= kLongestFolder && name.front() != '.' &&
           name.find_first_of(std::string_view("/.\0", 3)) == name.npos;
}

}  // namespace

std::vector<PipelineComponent> pipelineComponents(const std::filesystem::path& root) {
    const auto path = root / kModelIndex;
    const auto index = readJsonObject(path, kSettingsJson);
    std::vector<PipelineComponent> components;
    for (const auto& [name, value] : index.items()) {
        if (name.starts_with('_') || !value.is_array() || value.size() != 2 || !value[0].is_string() ||
            !value[1].is_string())
            continue;
        if (!isFolderName(name)) refuse(path, fmt::format("the component '{}' is not the name of a folder", name));
        components.push_back({name, value[0].get<std::string>(), value[1].get<std::string>()});
    }
    if (components.size() > kMostComponents)
        refuse(path, fmt::format("it has {} components; at most {} are read", components.size(), kMostComponents));
    std::ranges::sort(components, {}, &PipelineComponent::name);
    return components;
}

bool isLeftAlone(const std::string& component) {
    return component == "safety_checker" || component == "image_encoder" || component == "feature_extractor";
}

}  // namespace mergarium
