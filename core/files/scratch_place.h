#pragma once

#include <filesystem>
#include <span>

namespace mergarium {

/// Whether files in a folder are kept in memory (tmpfs, ramfs, an overlay that is written to one of these), where large
/// ones take what they are there to save. Of a folder that doesn't exist yet: of the one that it would be made in.
bool liesInMemory(const std::filesystem::path& folder);

/// The first of `places` that is a folder on a disk and can be written to; if there is none, the first that can be
/// written to; else the first.
std::filesystem::path firstOnDisk(std::span<const std::filesystem::path> places);

/// Where large temporary files go unless somebody says where: $TMPDIR, /tmp or /var/tmp, whichever lies on a disk.
std::filesystem::path scratchPlace();

}  // namespace mergarium
