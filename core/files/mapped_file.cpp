#include "core/files/mapped_file.h"

#include "core/files/file_status.h"
#include "core/files/refusal.h"
#include "core/files/text_file.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace mergarium {
namespace {

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

FileState stateIn(const struct stat& status) {
    return {.size = static_cast<std::uint64_t>(status.st_size),
            .modifiedNanoseconds = nanoseconds(status.st_mtim),
            .changedNanoseconds = nanoseconds(status.st_ctim),
            .device = status.st_dev,
            .inode = status.st_ino};
}

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
    return of(path, openRegularFile(path).descriptor);
}

std::shared_ptr<const MappedFile> MappedFile::of(std::filesystem::path path, FileDescriptor file) {
    try {
        const auto status = statusOf(file);
        if (!S_ISREG(status.st_mode)) refuse(path, "this is no regular file");
        return std::shared_ptr<const MappedFile>(new MappedFile(path, std::move(file), stateIn(status)));
    } catch (const std::system_error& error) {
        refuse(path, fmt::format("can't be mapped into memory: {}", error.code().message()));
    }
}

MappedFile::MappedFile(std::filesystem::path path, FileDescriptor file, const FileState& state)
    : path_(std::move(path)),
      file_(std::move(file)),
      mapping_(file_.number(), static_cast<std::size_t>(state.size), Mapping::Access::Read),
      state_(state) {}

FileState MappedFile::stateNow() const {
    try {
        return stateIn(statusOf(file_));
    } catch (const std::system_error& error) {
        refuse(path_, fmt::format("can't be read: {}", error.code().message()));
    }
}

void MappedFile::check() const {
    if (mapping_.isBroken() || stateNow().size < state_.size)
        refuse(path_, "was truncated while it was being read; put the original back and try again");
}

void MappedFile::read(const std::byte* from, std::span<std::byte> out) const {
    for (auto offset = static_cast<off_t>(from - bytes().data()); !out.empty();) {
        const auto got = ::pread(file_.number(), out.data(), out.size(), offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) refuse(path_, fmt::format("can't be read: {}", std::generic_category().message(errno)));
        if (got == 0) check();
        if (got == 0) refuse(path_, "is shorter than it was; put the original back and try again");
        out = out.subspan(static_cast<std::size_t>(got));
        offset += got;
    }
}

void MappedFile::dropBehind(std::uint64_t begin, std::uint64_t end) const { advise(begin, end, MADV_DONTNEED); }

void MappedFile::prefetch(std::uint64_t begin, std::uint64_t end) const { advise(begin, end, MADV_WILLNEED); }

void MappedFile::advise(std::uint64_t begin, std::uint64_t end, int advice) const {
    static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    begin -= begin % page;
    end = std::min<std::uint64_t>(end, bytes().size());
    // Only advice: the bytes stay readable whatever the system answers.
    if (begin < end) ::madvise(mapping_.bytes().data() + begin, end - begin, advice);
}

}  // namespace mergarium
