#pragma once

#include "core/subprocess/spawn.h"

#include <filesystem>

namespace mergarium {

/// A private folder for temporary files, removed with this object. Held by a lock that ends with the process, so
/// that what a killed process left behind can be told from what is in use.
class ScratchFolder {
public:
    /// Creates it in `parent`, which is created too, and removes what killed processes left there. Throws
    /// std::runtime_error when it can't.
    explicit ScratchFolder(const std::filesystem::path& parent);
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    FileDescriptor lock_;
};

}  // namespace mergarium
