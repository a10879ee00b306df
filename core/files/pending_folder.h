#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace mergarium {

class MappedFile;

/// A folder that appears under its name whole or not at all. It is filled under a temporary name beside its
/// target and renamed at the end; what is not committed is removed, and what a killed attempt left behind is removed by
/// the next one for the same target.
class PendingFolder {
public:
    /// Creates folders around the target where they are missing. Throws std::runtime_error with one sentence when there
    /// is something of the target's name already, or the folder around it can't be written to.
    explicit PendingFolder(const std::filesystem::path& target);
    ~PendingFolder();
    PendingFolder(const PendingFolder&) = delete;
    PendingFolder& operator=(const PendingFolder&) = delete;

    const std::filesystem::path& target() const { return target_; }
    /// Where it lies until it is committed.
    const std::filesystem::path& path() const { return path_; }

    /// Throws std::runtime_error when the disk has less room than `bytes`; call it before writing them.
    void needRoom(std::uint64_t bytes) const;
    /// Writes a small file whole, onto the disk. The name may lead through subfolders, which are created.
    void writeFile(std::string_view name, std::string_view text) const;
    /// As a new file: what may be done with the old one (its mode) is not copied.
    void copyFile(const MappedFile& from, std::string_view name) const;
    /// Puts everything on the disk, then renames. Throws when something of the target's name has appeared meanwhile.
    void commit();

private:
    std::filesystem::path target_, path_;
    /// Held locked while this process lives, so that others can tell the folder from a killed attempt's.
    int lock_ = -1;
    bool committed_ = false;
};

}  // namespace mergarium
