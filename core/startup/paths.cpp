#include "core/startup/paths.h"

#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace mergarium {

std::filesystem::path findResources() {
    if (const char* named = std::getenv("MERGARIUM_RESOURCES")) return named;
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    for (const auto& folder : {program.parent_path().parent_path() / "share" / "mergarium",
                               std::filesystem::path(MERGARIUM_RESOURCES_IN_SOURCE)})
        if (std::filesystem::is_directory(folder / "presets", error)) return folder;
    throw std::runtime_error(
        "Mergarium's resources are missing; install them beside the program or name their folder in "
        "MERGARIUM_RESOURCES.");
}

std::filesystem::path defaultDatabase() {
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    if ((!data || !*data) && (!home || !*home))
        throw std::runtime_error("There is no home folder to keep the run database in; name a file with --db.");
    const auto folder =
        (data && *data ? std::filesystem::path(data) : std::filesystem::path(home) / ".local" / "share") / "mergarium";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        throw std::runtime_error(folder.string() + ": the folder can't be created (" + error.message() +
                                 "); name a file with --db.");
    return folder / "runs.db";
}

std::filesystem::path defaultCache() {
    for (const auto& [variable, below] : {std::pair("XDG_CACHE_HOME", ""), std::pair("HOME", ".cache")})
        if (const char* value = std::getenv(variable); value && std::filesystem::path(value).is_absolute())
            return std::filesystem::path(value) / below / "mergarium";
    return {};
}

}  // namespace mergarium
