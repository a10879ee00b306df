#pragma once

#include <nlohmann/json.hpp>

#include <QMetaType>

#include <filesystem>
#include <fstream>

namespace mergarium::test {

inline nlohmann::json readJson(const std::filesystem::path& path) { return nlohmann::json::parse(std::ifstream(path)); }

}  // namespace mergarium::test

Q_DECLARE_METATYPE(nlohmann::json)
