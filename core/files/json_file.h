#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace mergarium {

/// A JSON file whose top is an object and whose keys occur once in their object. Throws std::runtime_error with the
/// file, and the line where it breaks off, in one sentence.
nlohmann::json readJsonFile(const std::filesystem::path& path);

}  // namespace mergarium
