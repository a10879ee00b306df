#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace mergarium {

/// Reads a JSON file that holds an object in which no key occurs twice. Throws std::runtime_error with one sentence:
/// the file, and the line of the mistake.
nlohmann::json readJsonFile(const std::filesystem::path& path);

}  // namespace mergarium
