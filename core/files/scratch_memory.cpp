#include "core/files/scratch_memory.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace mergarium {
namespace {

[[noreturn]] void refuseMemory(const std::filesystem::path& folder, std::uint64_t bytes, int reason) {
    throw std::runtime_error(
        fmt::format("{}: no room for {} bytes of computed tensors: {}; name a folder on a disk with "
                    "more room in TMPDIR.",
                    folder.string(), bytes, std::generic_category().message(reason)));
}

int namelessFileIn(const std::filesystem::path& folder) {
#ifdef O_TMPFILE
    if (const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); file >= 0) return file;
#endif
    auto name = (folder / "mergarium-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    if (file >= 0) ::unlink(name.c_str());
    return file;
}

}  // namespace

ScratchMemory::ScratchMemory(const std::filesystem::path& folder, std::uint64_t size, FreeMemory free)
    : folder_(folder), size_(size), free_(std::move(free)) {
    if (size == 0) return;
    file_ = namelessFileIn(folder);
    if (file_ < 0) refuseMemory(folder, size, errno);
    void* start = MAP_FAILED;
    if (::ftruncate(file_, static_cast<off_t>(size)) == 0)
        start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    if (start == MAP_FAILED) {
        const int reason = errno;
        ::close(file_);
        refuseMemory(folder, size, reason);
    }
    start_ = static_cast<std::byte*>(start);
}

ScratchMemory::~ScratchMemory() {
    if (!start_) return;
    ::munmap(start_, size_);
    ::close(file_);
}

std::span<std::byte> ScratchMemory::claim(std::uint64_t begin, std::uint64_t count) const {
    if (count == 0) return {};
    const std::scoped_lock taking(taking_);
    needMemoryFor(count, folder_, "name one on a disk in TMPDIR", free_);
    // Without room on the disk, writing to the mapping would kill the process (SIGBUS).
    if (const int reason = ::posix_fallocate(file_, static_cast<off_t>(begin), static_cast<off_t>(count)); reason != 0)
        refuseMemory(folder_, count, reason);
    return {start_ + begin, count};
}

void ScratchMemory::dropBehind(std::uint64_t begin, std::uint64_t end) const {
    begin -= begin % static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    end = std::min(end, size_);
    if (begin < end) ::madvise(start_ + begin, end - begin, MADV_DONTNEED);
}

}  // namespace mergarium
