#include "core/files/mapped_file.h"

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

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
    int release() { return std::exchange(number, -1); }
};

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view what) {
    throw std::runtime_error(fmt::format("{}: {}.", path.string(), what));
}

std::string whyNot(const std::filesystem::path& path, int reason) {
    std::error_code error;
    if (reason == ENOENT && std::filesystem::is_symlink(path, error))
        return fmt::format("this link leads nowhere: its target {} does not exist",
                           std::filesystem::read_symlink(path, error).string());
    if (reason == ENOENT) return "there is no such file";
    return fmt::format("can't be opened for reading: {}", std::generic_category().message(reason));
}

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.number < 0) refuse(path, whyNot(path, errno));
    struct stat status {};
    if (::fstat(file.number, &status) != 0) refuse(path, whyNot(path, errno));
    if (!S_ISREG(status.st_mode)) refuse(path, "this is no regular file");

    const auto size = static_cast<std::size_t>(status.st_size);
    const FileState state{.size = size,
                          .modifiedNanoseconds = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
                          .device = status.st_dev,
                          .inode = status.st_ino};
    void* start = nullptr;
    if (size > 0) {
        start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number, 0);
        if (start == MAP_FAILED)
            refuse(path, fmt::format("can't be mapped into memory: {}", std::generic_category().message(errno)));
    }
    return std::shared_ptr<const MappedFile>(
        new MappedFile(path, file.release(), {static_cast<const std::byte*>(start), size}, state));
}

MappedFile::MappedFile(std::filesystem::path path, int descriptor, std::span<const std::byte> bytes, FileState state)
    : path_(std::move(path)), descriptor_(descriptor), bytes_(bytes), state_(state) {}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    ::close(descriptor_);
}

void MappedFile::read(const std::byte* from, std::span<std::byte> out) const {
    for (auto offset = static_cast<off_t>(from - bytes_.data()); !out.empty();) {
        const auto got = ::pread(descriptor_, out.data(), out.size(), offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) refuse(path_, fmt::format("can't be read: {}", std::generic_category().message(errno)));
        if (got == 0) refuse(path_, "was truncated while it was in use");
        out = out.subspan(static_cast<std::size_t>(got));
        offset += got;
    }
}

void MappedFile::dropBehind(std::uint64_t begin, std::uint64_t end) const { advise(begin, end, MADV_DONTNEED); }

void MappedFile::prefetch(std::uint64_t begin, std::uint64_t end) const { advise(begin, end, MADV_WILLNEED); }

void MappedFile::advise(std::uint64_t begin, std::uint64_t end, int advice) const {
    static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    begin -= begin % page;
    end = std::min<std::uint64_t>(end, bytes_.size());
    // Only advice: the bytes stay readable whatever the system answers.
    if (begin < end) ::madvise(const_cast<std::byte*>(bytes_.data()) + begin, end - begin, advice);
}

}  // namespace mergarium
