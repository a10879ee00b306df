#pragma once

#include "app/cli/options.h"
#include "core/configuration/configuration.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace mergarium::cli {

/// The database named, or the person's own.
std::filesystem::path databaseOf(const Options& options);

/// Reads CONFIG, a file, or PRESET, a preset's name, with everything that was set on the command line.
RunConfiguration configurationOf(const Options& options);

/// Prints one document and a newline.
void print(const nlohmann::ordered_json& document);

}  // namespace mergarium::cli
