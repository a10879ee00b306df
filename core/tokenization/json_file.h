#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>

namespace mergarium::text {

/// Reads and parses a file; throws std::runtime_error with its name and the place of the mistake.
nlohmann::json readJsonFile(const std::filesystem::path& file);

}  // namespace mergarium::text
