#pragma once

#include "core/configuration/configuration.h"

#include <filesystem>
#include <string>
#include <vector>

namespace mergarium {

/// A ready run configuration: `<resources>/presets/<name>.yaml`, whose leading comment says what it shows.
struct Preset {
    std::string name;
    std::string description;
    RunConfiguration configuration;
};

/// All presets, sorted by name.
std::vector<Preset> readPresets(const std::filesystem::path& resources);

}  // namespace mergarium
