#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// Numbers of individual layers, by a regular expression that matches the end of their name. In the file's order: of
/// several that match, the first counts.
using LoraPatterns = std::vector<std::pair<std::regex, double>>;

/// The part of adapter_config.json that affects the weights.
struct LoraSettings {
    std::filesystem::path path;
    double alpha = 0;
    std::uint64_t rank = 0;
    bool rootOfRank = false;
    /// Weights are decomposed into norms and directions (DoRA).
    bool dora = false;
    LoraPatterns alphas, ranks;

    double rankOf(const std::string& layer) const;
    double scaleOf(const std::string& layer, std::uint64_t rankOfLayer) const;
};

/// Throws std::runtime_error with one sentence for what adapter_config.json asks for and can't be had.
LoraSettings readLoraSettings(const std::filesystem::path& path);
/// The same of its content, which lies in another file.
LoraSettings loraSettingsIn(const nlohmann::ordered_json& json, const std::filesystem::path& path);

}  // namespace mergarium
