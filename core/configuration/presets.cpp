#include "core/configuration/presets.h"

#include "core/configuration/yaml.h"
#include "core/fields/yaml.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium {
std::vector<Preset> readPresets(const std::filesystem::path& resources) {
    const auto folder = resources / "presets";
    std::error_code error;
    std::vector<Preset> presets;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".yaml")
            presets.push_back(
                {entry.path().stem().string(), headingOf(readYamlText(entry.path())), readConfiguration(entry.path())});
    if (error)
        throw ConfigurationError(fmt::format("{}: the presets can't be read: {}.", folder.string(), error.message()));
    std::sort(presets.begin(), presets.end(), [](const Preset& a, const Preset& b) { return a.name < b.name; });
    return presets;
}

std::optional<std::filesystem::path> presetOrFile(const std::string& named, const std::filesystem::path& presets,
                                                  const std::filesystem::path& folder) {
    const bool isPath = named.find('/') != std::string::npos || named.ends_with(".yaml");
    if (const auto preset = presets / (named + ".yaml"); !isPath && std::filesystem::is_regular_file(preset))
        return preset;
    if (const auto file = folder / named; std::filesystem::is_regular_file(file)) return file;
    return std::nullopt;
}

}  // namespace mergarium
