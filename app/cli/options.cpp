#include "app/cli/options.h"

#include "app/cli/say.h"
#include "core/configuration/presets.h"
#include "core/startup/paths.h"
#include "core/startup/trusted_programs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mergarium::cli {
namespace {

std::filesystem::path fileOf(const std::string& named) {
    if (const auto found = presetOrFile(named, findResources() / "presets")) return *found;
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

MayStart mayStart(const Options& options) {
    const bool named =
        std::ranges::any_of(options.settings, [](const auto& setting) { return setting.starts_with("task.program="); });
    return [named, approves = options.trustProgram](const Program& program) {
        const auto trusted = trustedPrograms();
        if (!named && !approves) return trusted.contains(program);
        try {
            trusted.add(program);
        } catch (const std::runtime_error& error) {
            sayAside("{}\n", error.what());  // it was approved for now
        }
        return true;
    };
}

}  // namespace mergarium::cli
