#include "core/configuration/presets.h"

#include "core/configuration/yaml.h"
#include "core/fields/yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace mergarium {
namespace {

std::string descriptionOf(const std::filesystem::path& path) {
    std::ifstream stream(path);
    std::ostringstream text;
    text << stream.rdbuf();
    return headingOf(text.str());
}

}  // namespace

std::vector<Preset> readPresets(const std::filesystem::path& resources) {
    const auto folder = resources / "presets";
    std::error_code error;
    std::vector<Preset> presets;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".yaml")
            presets.push_back(
                {entry.path().stem().string(), descriptionOf(entry.path()), readConfiguration(entry.path())});
    if (error)
        throw ConfigurationError(fmt::format("{}: the presets can't be read: {}.", folder.string(), error.message()));
    std::sort(presets.begin(), presets.end(), [](const Preset& a, const Preset& b) { return a.name < b.name; });
    return presets;
}

}  // namespace mergarium
