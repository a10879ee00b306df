#include "core/files/scratch_place.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

bool isUsable(const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder, error) && ::access(folder.c_str(), W_OK | X_OK) == 0;
}

}  // namespace

bool liesInMemory(const fs::path& folder) {
    std::error_code error;
    auto existing = fs::absolute(folder, error);
    while (!fs::exists(existing, error) && existing.has_relative_path()) existing = existing.parent_path();
    struct statfs system {};
    if (::statfs(existing.c_str(), &system) != 0) return false;
    return system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC;
}

fs::path firstOnDisk(std::span<const fs::path> places) {
    const fs::path* usable = nullptr;
    for (const auto& place : places) {
        if (!isUsable(place)) continue;
        if (!liesInMemory(place)) return place;
        if (!usable) usable = &place;
    }
    return usable ? *usable : places.front();
}

fs::path scratchPlace() {
    std::vector<fs::path> places;
    if (const char* named = std::getenv("TMPDIR"); named && *named) places.emplace_back(named);
    places.emplace_back("/tmp");
    places.emplace_back("/var/tmp");
    return firstOnDisk(places);
}

}  // namespace mergarium
