#include "core/files/output_file.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace mergarium {
namespace {

[[noreturn]] void refuseOutput(const std::filesystem::path& path, std::string_view what, int reason) {
    throw std::runtime_error(fmt::format("{}: {}: {}.", path.string(), what, std::generic_category().message(reason)));
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) refuseOutput(path_, "can't be created", errno);
}

OutputFile::~OutputFile() { ::close(descriptor_); }

void OutputFile::write(std::uint64_t offset, std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) refuseOutput(path_, "can't be written", written < 0 ? errno : ENOSPC);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
}

std::uint64_t OutputFile::size() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) refuseOutput(path_, "can't be looked at", errno);
    return static_cast<std::uint64_t>(status.st_size);
}

void OutputFile::startSync(std::uint64_t begin, std::uint64_t end) const {
    // Only a hint; errors show in `sync`.
    ::sync_file_range(descriptor_, static_cast<off_t>(begin), static_cast<off_t>(end - begin), SYNC_FILE_RANGE_WRITE);
}

void OutputFile::sync() const {
    if (::fsync(descriptor_) != 0) refuseOutput(path_, "can't be put on the disk", errno);
}

}  // namespace mergarium
