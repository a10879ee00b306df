#include "core/files/whole_file.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// 0, or why not.
int writeAll(int descriptor, std::string_view contents) {
    while (!contents.empty()) {
        const auto written = ::write(descriptor, contents.data(), contents.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return written < 0 ? errno : ENOSPC;
        contents.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

}  // namespace

WholeFile::WholeFile(fs::path path) : path_(std::move(path)) {
    std::error_code unknown;
    const auto status = fs::status(path_, unknown);
    const bool isThere = fs::exists(status);
    isOther_ = isThere && !fs::is_regular_file(status);
    // Through a link: it stays one.
    target_ = isThere && !isOther_ ? fs::canonical(path_, unknown) : path_;
    isOther_ = isOther_ || target_.empty();
    draft_ = isOther_ ? path_ : target_.parent_path() / fmt::format(".{}.{}", target_.filename().string(), ::getpid());
    descriptor_ = ::open(draft_.c_str(), O_WRONLY | O_CLOEXEC | (isOther_ ? 0 : O_CREAT | O_EXCL), 0666);
    if (descriptor_ < 0) refuse(errno);
}

WholeFile::~WholeFile() { drop(); }

void WholeFile::write(std::string_view contents) {
    if (const int failure = writeAll(descriptor_, contents); failure != 0) refuse(failure);
}

void WholeFile::finish() {
    if (!isOther_ && ::fsync(descriptor_) != 0) refuse(errno);
    if (::close(descriptor_) != 0) {
        const int failure = errno;
        // Closed all the same.
        descriptor_ = -1;
        if (!isOther_) ::unlink(draft_.c_str());
        refuse(failure);
    }
    descriptor_ = -1;
    if (isOther_ || std::rename(draft_.c_str(), target_.c_str()) == 0) return;
    const int failure = errno;
    ::unlink(draft_.c_str());
    refuse(failure);
}

void WholeFile::drop() {
    if (descriptor_ < 0) return;
    ::close(std::exchange(descriptor_, -1));
    if (!isOther_) ::unlink(draft_.c_str());
}

void WholeFile::refuse(int reason) {
    drop();
    throw std::runtime_error(
        fmt::format("{}: can't be written: {}.", path_.string(), std::generic_category().message(reason)));
}

void writeWholeFile(const fs::path& path, std::string_view contents) {
    WholeFile file(path);
    file.write(contents);
    file.finish();
}

}  // namespace mergarium
