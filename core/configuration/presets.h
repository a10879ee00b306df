#pragma once

#include "core/configuration/configuration.h"

#include <filesystem>
#include <optional>
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

/// The file that a person means by `named`: the preset of that name in `presets`, a folder of YAML files, unless the
/// name has a slash or ends in .yaml; else the file of that path, relative to `folder`. A file never stands in for a
/// preset. Absent when there is neither.
std::optional<std::filesystem::path> presetOrFile(const std::string& named, const std::filesystem::path& presets,
                                                  const std::filesystem::path& folder = {});

}  // namespace mergarium
