#pragma once

#include "core/founders/founder_settings.h"

#include <filesystem>
#include <string>
#include <vector>

namespace mergarium {

/// Where the models lie that a configuration names.
class ModelPlaces {
public:
    /// Beside the file, in these folders, from the current folder, and, for "ORG/NAME", in Hugging Face's cache
    /// (hubCache); in this order.
    ModelPlaces(std::filesystem::path configuration, std::vector<std::filesystem::path> folders);

    /// MODEL or MODEL+ADAPTER (founderNamed). Throws std::runtime_error with the name and where it was looked for.
    CheckpointFounder find(const std::string& named) const;

private:
    std::filesystem::path placeOf(const std::string& name) const;

    std::filesystem::path configuration_;
    std::vector<std::filesystem::path> folders_;
};

}  // namespace mergarium
