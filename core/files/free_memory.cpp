#include "core/files/free_memory.h"

#include "core/files/scratch_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLeftToOthers = 512 << 20;

/// The number behind a name, as /proc/meminfo and memory.stat have them.
std::optional<std::uint64_t> numberIn(const fs::path& file, std::string_view name) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size(), nullptr, 10);
    return std::nullopt;
}

/// Absent too for "max".
std::optional<std::uint64_t> numberOf(const fs::path& file) {
    std::ifstream stream(file);
    std::uint64_t number = 0;
    return stream >> number ? std::optional(number) : std::nullopt;
}

/// What a cgroup still gives; its cached files are given back first.
std::optional<std::uint64_t> leftIn(const fs::path& group) {
    const auto most = numberOf(group / "memory.max");
    const auto used = numberOf(group / "memory.current");
    if (!most || !used) return std::nullopt;
    const auto cached = numberIn(group / "memory.stat", "inactive_file ").value_or(0);
    return *most - std::min(*most, *used - std::min(*used, cached));
}

/// That of version 2: "0::/user.slice/...".
fs::path groupOfThisProcess(const fs::path& root) {
    std::ifstream stream(root / "proc/self/cgroup");
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with("0::/")) return line.substr(4);
    return {};
}

}  // namespace

std::optional<std::uint64_t> availableMemory(const fs::path& root) {
    auto available = numberIn(root / "proc/meminfo", "MemAvailable:");
    if (available) *available *= 1024;
    const auto groups = root / "sys/fs/cgroup";
    for (auto group = groupOfThisProcess(root);; group = group.parent_path()) {
        if (const auto left = leftIn(groups / group)) available = std::min(available.value_or(*left), *left);
        if (group.empty()) return available;
    }
}

void needMemoryFor(std::uint64_t bytes, const fs::path& folder, std::string_view instead, const FreeMemory& free) {
    if (!liesInMemory(folder)) return;
    const auto left = free();
    if (!left || (*left >= kLeftToOthers && *left - kLeftToOthers >= bytes)) return;
    throw std::runtime_error(fmt::format(
        "{}: files there are kept in memory: {:.2f} GB of it are free, too little for {:.2f} GB and everything "
        "else; {}.",
        folder.string(), static_cast<double>(*left) / 1e9, static_cast<double>(bytes) / 1e9, instead));
}

}  // namespace mergarium
