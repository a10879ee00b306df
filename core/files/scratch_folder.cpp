#include "core/files/scratch_folder.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace mergarium {
namespace {

constexpr std::string_view kPrefix = ".mergarium-scratch-";
constexpr std::string_view kPattern = "XXXXXX";
constexpr int kTries = 5;

/// Locks a folder; closed when another process holds it, or it can't be locked at all.
FileDescriptor lockOf(const std::filesystem::path& folder) {
    FileDescriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (lock.isOpen() && ::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) lock.close();
    return lock;
}

bool isOurs(const FileDescriptor& folder) {
    struct stat status {};
    return ::fstat(folder.number(), &status) == 0 && status.st_uid == ::geteuid();
}

/// Those of other users are theirs.
void removeLeftoversIn(const std::filesystem::path& parent) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(parent, error)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(kPrefix) || name.size() != kPrefix.size() + kPattern.size()) continue;
        if (const auto lock = lockOf(entry.path()); lock.isOpen() && isOurs(lock))
            std::filesystem::remove_all(entry.path(), error);
    }
}

bool isStillThere(const std::filesystem::path& folder, const FileDescriptor& lock) {
    struct stat named {
    }, held{};
    return ::stat(folder.c_str(), &named) == 0 && ::fstat(lock.number(), &held) == 0 && named.st_ino == held.st_ino &&
           named.st_dev == held.st_dev;
}

}  // namespace

ScratchFolder::ScratchFolder(const std::filesystem::path& parent) {
    std::error_code error;
    std::filesystem::create_directories(parent, error);
    removeLeftoversIn(parent);
    // Between making and locking it, another process may take it for a leftover.
    for (int tries = 0; tries < kTries; ++tries) {
        auto name = (parent / kPrefix).string().append(kPattern);
        if (!::mkdtemp(name.data()))
            throw std::runtime_error(fmt::format("{}: can't make a folder for models there: {}.", parent.string(),
                                                 std::generic_category().message(errno)));
        path_ = name;
        lock_ = lockOf(path_);
        if (lock_.isOpen() && isStillThere(path_, lock_)) return;
        std::filesystem::remove_all(path_, error);
    }
    throw std::runtime_error(
        fmt::format("{}: a folder for models can't be locked there; name another with task.scratch.", parent.string()));
}

ScratchFolder::~ScratchFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

}  // namespace mergarium
