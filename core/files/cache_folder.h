#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A folder for what is costly to compute and may be lost at any time, which nobody but this user can have written: it
/// is closed to others (0700), and what belongs to somebody else or is a link is neither read nor written. What is
/// wrong with it is no failure: nothing is found then, and nothing kept.
class CacheFolder {
public:
    /// Empty: nothing is found or kept. Made when something is kept.
    explicit CacheFolder(std::filesystem::path path) : path_(std::move(path)) {}

    /// What was kept under a plain name; absent when it isn't there or isn't whole.
    std::optional<std::vector<std::byte>> find(const std::string& name) const;
    /// Under its name whole or not at all, in the place of what was there.
    void keep(const std::string& name, std::span<const std::byte> body) const;

private:
    std::filesystem::path path_;
};

}  // namespace mergarium
