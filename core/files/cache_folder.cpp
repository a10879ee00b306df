#include "core/files/cache_folder.h"

#include "core/files/fingerprint.h"
#include "core/files/mapped_file.h"
#include "core/subprocess/file_descriptor.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <exception>
#include <utility>

namespace mergarium {
namespace {

constexpr std::size_t kDigestLength = 64;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

std::string digestOf(std::span<const std::byte> bytes) {
    Fingerprint fingerprint;
    fingerprint.add(bytes);
    return fingerprint.hex();
}

bool isOurs(const FileDescriptor& file, struct stat& status) {
    return file.isOpen() && ::fstat(file.number(), &status) == 0 && status.st_uid == ::geteuid();
}

/// Closed where it isn't there, or not this user's alone and can't be made so.
FileDescriptor ownFolder(const std::filesystem::path& path) {
    FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!isOurs(folder, status) || ((status.st_mode & kOthers) != 0 && ::fchmod(folder.number(), S_IRWXU) != 0))
        folder.close();
    return folder;
}

bool writeAll(const FileDescriptor& file, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

std::optional<std::vector<std::byte>> CacheFolder::find(const std::string& name) const {
    const auto folder = ownFolder(path_);
    if (!folder.isOpen()) return std::nullopt;
    FileDescriptor file(::openat(folder.number(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (!isOurs(file, status)) return std::nullopt;
    try {
        const auto mapped = MappedFile::of(path_ / name, std::move(file));
        std::vector<std::byte> all(mapped->bytes().size());
        mapped->read(mapped->bytes().data(), all);
        if (all.size() < kDigestLength) return std::nullopt;
        const auto body = std::span(all).subspan(kDigestLength);
        const auto digest = digestOf(body);
        if (!std::ranges::equal(std::as_bytes(std::span(digest)), std::span(all).first(kDigestLength)))
            return std::nullopt;
        return std::vector<std::byte>(body.begin(), body.end());
    } catch (const std::exception&) {
        return std::nullopt;  // no regular file, or cut short
    }
}

void CacheFolder::keep(const std::string& name, std::span<const std::byte> body) const {
    if (path_.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(path_.parent_path(), error);
    ::mkdir(path_.c_str(), S_IRWXU);
    const auto folder = ownFolder(path_);
    if (!folder.isOpen()) return;

    static std::atomic<unsigned> number = 0;
    const auto half = fmt::format("{}.{}-{}.tmp", name, ::getpid(), ++number);
    ::unlinkat(folder.number(), half.c_str(), 0);  // of a process of the same number that was killed
    const FileDescriptor file(::openat(folder.number(), half.c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file.isOpen()) return;
    const auto digest = digestOf(body);
    if (!writeAll(file, std::as_bytes(std::span(digest))) || !writeAll(file, body) ||
        ::renameat(folder.number(), half.c_str(), folder.number(), name.c_str()) != 0)
        ::unlinkat(folder.number(), half.c_str(), 0);
}

}  // namespace mergarium
