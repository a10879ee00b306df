#include "core/files/pending_folder.h"

#include "core/files/free_memory.h"
#include "core/files/mapped_file.h"
#include "core/files/output_file.h"
#include "core/files/refusal.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

std::string reasonOf(int reason) { return std::generic_category().message(reason); }

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
}

/// Locks a folder for as long as the descriptor is open; -1 and errno when it can't: EWOULDBLOCK when another process
/// holds it.
int lockFolder(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
    const int reason = errno;
    ::close(descriptor);
    errno = reason;
    return -1;
}

void syncFolder(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && (::fsync(descriptor) == 0 || errno == EINVAL);
    const int reason = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!synced) refuse(path, fmt::format("can't be put on the disk: {}", reasonOf(reason)));
}

std::string prefixOf(const fs::path& target) { return "." + target.filename().string() + ".unfinished-"; }

/// An unlocked folder was left behind by a process that has ended.
void removeLeftovers(const fs::path& target) {
    std::error_code error;
    const auto prefix = prefixOf(target);
    for (fs::directory_iterator entry(target.parent_path(), error), end; !error && entry != end;
         entry.increment(error)) {
        if (!entry->path().filename().string().starts_with(prefix)) continue;
        const int lock = lockFolder(entry->path());
        if (lock < 0) continue;
        std::error_code ignored;
        fs::remove_all(entry->path(), ignored);
        ::close(lock);
    }
}

}  // namespace

PendingFolder::PendingFolder(const fs::path& target) {
    // "out/" and "out" are the same folder.
    target_ = fs::absolute(target).lexically_normal();
    if (!target_.has_filename()) target_ = target_.parent_path();
    if (!target_.has_filename()) refuse(target, "this is no name for a new folder");
    if (isThere(target_))
        refuse(target, "there is something of this name already; name a folder that doesn't exist yet");

    const auto parent = target_.parent_path();
    std::error_code error;
    fs::create_directories(parent, error);
    if (error) refuse(parent, fmt::format("the folder can't be created: {}", error.message()));
    removeLeftovers(target_);

    for (int attempt = 0;; ++attempt) {
        path_ = parent / fmt::format("{}{}-{}", prefixOf(target_), ::getpid(), attempt);
        const bool created = fs::create_directory(path_, error);
        if (error) refuse(parent, fmt::format("nothing can be written here: {}", error.message()));
        if (!created) continue;
        // A process that removes leftovers may have come between the two; where folders can't be locked, none does.
        lock_ = lockFolder(path_);
        if (lock_ >= 0 ? isThere(path_) : errno != EWOULDBLOCK) break;
        if (lock_ >= 0) ::close(lock_);
    }
}

PendingFolder::~PendingFolder() {
    if (!committed_) {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    if (lock_ >= 0) ::close(lock_);
}

void PendingFolder::needRoom(std::uint64_t bytes) const {
    struct statvfs status {};
    if (::statvfs(path_.c_str(), &status) != 0) return;
    const auto free = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
    if (free < bytes)
        refuse(target_,
               fmt::format("{:.2f} GB are to be written, and the disk has room for {:.2f} GB; free some, or name "
                           "a folder on another disk",
                           static_cast<double>(bytes) / 1e9, static_cast<double>(free) / 1e9));
    needMemoryFor(bytes, target_, "name one on a disk");
}

void PendingFolder::writeFile(std::string_view name, std::string_view text) const {
    const auto path = path_ / name;
    const auto folder = path.parent_path();
    if (folder != path_) {
        std::error_code error;
        fs::create_directories(folder, error);
        if (error) refuse(folder, fmt::format("the folder can't be created: {}", error.message()));
    }
    const OutputFile file(path);
    file.write(0, std::as_bytes(std::span(text)));
    file.sync();
    for (auto above = folder; above != path_; above = above.parent_path()) syncFolder(above);
}

void PendingFolder::copyFile(const MappedFile& from, std::string_view name) const {
    std::vector<std::byte> bytes(from.bytes().size());
    from.read(from.bytes().data(), bytes);
    writeFile(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void PendingFolder::commit() {
    syncFolder(path_);
    int failure = ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) == 0 ? 0 : errno;
    // Some file systems can't rename without replacing; a plain rename then replaces at most an empty folder.
    if (failure == EINVAL && !isThere(target_)) failure = ::rename(path_.c_str(), target_.c_str()) == 0 ? 0 : errno;
    if (failure == EEXIST || failure == ENOTEMPTY || (failure == EINVAL && isThere(target_)))
        refuse(target_, "something of this name came up while the model was written; it was left alone");
    if (failure != 0) refuse(target_, fmt::format("can't be given its name: {}", reasonOf(failure)));
    committed_ = true;
    syncFolder(target_.parent_path());
}

}  // namespace mergarium
