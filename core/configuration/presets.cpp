#include "core/configuration/presets.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace mergarium {
namespace {

/// The comment at the head of the file, without its marks, as one line.
std::string headingOf(const std::filesystem::path& path) {
    std::ifstream stream(path);
    std::string heading;
    for (std::string line; std::getline(stream, line) && line.starts_with('#');) {
        line.erase(0, line.find_first_not_of("# "));
        heading += (heading.empty() ? "" : " ") + line;
    }
    return heading;
}

}  // namespace

std::vector<Preset> readPresets(const std::filesystem::path& resources) {
    const auto folder = resources / "presets";
    std::error_code error;
    std::vector<Preset> presets;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".yaml")
            presets.push_back({entry.path().stem().string(), headingOf(entry.path()), readConfiguration(entry.path())});
    if (error)
        throw ConfigurationError(fmt::format("{}: the presets can't be read: {}.", folder.string(), error.message()));
    std::sort(presets.begin(), presets.end(), [](const Preset& a, const Preset& b) { return a.name < b.name; });
    return presets;
}

}  // namespace mergarium
