#include "app/cli/options.h"

#include "core/configuration/presets.h"
#include "core/startup/paths.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mergarium::cli {
namespace {

std::filesystem::path fileOf(const std::string& named) {
    if (std::filesystem::is_regular_file(named)) return named;
    const auto folder = findResources() / "presets";
    const auto preset = folder / (named + ".yaml");
    if (named.find('/') == std::string::npos && std::filesystem::is_regular_file(preset)) return preset;
    std::vector<std::string> names;
    for (const auto& one : readPresets(findResources())) names.push_back(one.name);
    throw ConfigurationError(
        fmt::format("{}: neither a file nor a preset; the presets are {}.", named, fmt::join(names, ", ")));
}

}  // namespace

std::filesystem::path databaseOf(const Options& options) {
    return options.database.empty() ? defaultDatabase() : std::filesystem::path(options.database);
}

RunConfiguration configurationOf(const Options& options) {
    std::vector<Override> overrides;
    for (const auto& setting : options.settings) overrides.push_back(parseOverride(setting));
    if (options.seed) overrides.push_back({"seed", std::to_string(*options.seed)});
    if (options.evaluations) overrides.push_back({"budget.evaluations", std::to_string(*options.evaluations)});
    if (options.device) overrides.push_back({"device", *options.device});
    return readConfiguration(fileOf(options.configuration), overrides);
}

}  // namespace mergarium::cli
