#include "core/files/scratch_place.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

bool isUsable(const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder, error) && ::access(folder.c_str(), W_OK | X_OK) == 0;
}

/// The value of a mount's option, in which the kernel writes blanks and the like as three octal digits; else empty.
std::string optionOf(const std::string& mount, const std::string& name) {
    auto at = mount.find(name);
    if (at == mount.npos) return {};
    std::string value;
    for (at += name.size(); at < mount.size() && mount[at] != ',' && mount[at] != ' '; ++at) {
        if (mount[at] == '\\' && mount.size() - at > 3) {
            value += static_cast<char>(std::strtol(mount.substr(at + 1, 3).c_str(), nullptr, 8));
            at += 3;
        } else {
            value += mount[at];
        }
    }
    return value;
}

/// Where an overlay, as live systems and containers have it, keeps what is written to it. Empty where nothing is, or
/// where it lies out of reach (proc_pid_mountinfo(5)).
fs::path writtenPartOf(const fs::path& overlay) {
    struct statx state {};
    if (::statx(AT_FDCWD, overlay.c_str(), 0, STATX_MNT_ID, &state) != 0) return {};
    const auto begin = std::to_string(state.stx_mnt_id) + ' ';
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string mount; std::getline(mounts, mount);)
        if (mount.starts_with(begin)) return optionOf(mount, ",upperdir=");
    return {};
}

}  // namespace

bool liesInMemory(const fs::path& folder) {
    std::error_code error;
    auto existing = fs::absolute(folder, error);
    while (!fs::exists(existing, error) && existing.has_relative_path()) existing = existing.parent_path();
    // Overlays lie on each other, but not often.
    for (int layers = 0; layers < 4 && !existing.empty(); ++layers) {
        struct statfs system {};
        if (::statfs(existing.c_str(), &system) != 0) return false;
        if (system.f_type != OVERLAYFS_SUPER_MAGIC) return system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC;
        existing = writtenPartOf(existing);
    }
    return false;
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
