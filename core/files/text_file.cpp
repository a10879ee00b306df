#include "core/files/text_file.h"

#include "core/files/refusal.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace mergarium {
namespace {

constexpr std::size_t kChunk = 1 << 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string whyNot(const std::filesystem::path& path, int reason) {
    std::error_code error;
    if (reason == ENOENT && std::filesystem::is_symlink(path, error))
        return fmt::format("this link leads nowhere: its target {} does not exist",
                           std::filesystem::read_symlink(path, error).string());
    if (reason == ENOENT || reason == ENOTDIR) return "there is no such file";
    return fmt::format("can't be opened for reading: {}", std::generic_category().message(reason));
}

/// As many bytes as there are, up to the room; 0 at the end.
std::size_t readSome(int descriptor, char* into, std::size_t room, std::string_view name) {
    while (true) {
        const auto got = ::read(descriptor, into, room);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR)
            throw std::runtime_error(
                fmt::format("{}: can't be read to its end: {}.", name, std::generic_category().message(errno)));
    }
}

}  // namespace

OpenFile openRegularFile(const std::filesystem::path& path) {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.isOpen()) refuse(path, whyNot(path, errno));
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) refuse(path, whyNot(path, errno));
    if (S_ISDIR(status.st_mode)) refuse(path, "this is a folder, not a file");
    if (!S_ISREG(status.st_mode)) refuse(path, "this is no regular file but a pipe or a device");
    return {std::move(file), static_cast<std::uint64_t>(status.st_size)};
}

void requireAtMost(const std::filesystem::path& path, std::uint64_t size, std::size_t most) {
    if (size > most)
        refuse(path, fmt::format("{} bytes are too much for a file of its kind, which may have {}", size, most));
}

std::string readFile(const std::filesystem::path& path, std::size_t most) {
    const auto file = openRegularFile(path);
    requireAtMost(path, file.size, most);
    std::string text(static_cast<std::size_t>(file.size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const auto got = readSome(file.descriptor.number(), text.data() + done, text.size() - done, path.string());
        if (got == 0) refuse(path, "was truncated while it was being read");
        done += got;
    }
    return text;
}

std::string_view withoutByteOrderMark(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    return text;
}

LineReader::LineReader(std::filesystem::path path, std::size_t longest)
    : name_(path.string()), file_(openRegularFile(path)), descriptor_(file_.descriptor.number()), longest_(longest) {}

LineReader::LineReader(int descriptor, std::string name, std::size_t longest)
    : name_(std::move(name)), file_(), descriptor_(descriptor), longest_(longest) {}

bool LineReader::fill() {
    if (ended_) return false;
    buffer_.erase(0, std::exchange(begin_, 0));
    const auto before = buffer_.size();
    buffer_.resize(before + kChunk);
    const auto got = readSome(descriptor_, buffer_.data() + before, kChunk, name_);
    buffer_.resize(before + got);
    ended_ = got == 0;
    return !ended_;
}

bool LineReader::next(std::string_view& line) {
    std::size_t searched = 0;
    auto end = std::string::npos;
    ++number_;
    while (true) {
        end = buffer_.find('\n', begin_ + searched);
        searched = std::min(end, buffer_.size()) - begin_;
        if (searched > longest_) refuse(fmt::format("this line has more than the {} bytes that it may have", longest_));
        if (end != std::string::npos || !fill()) break;
    }
    if (end == std::string::npos && searched == 0) return --number_, false;
    line = std::string_view(buffer_).substr(begin_, searched);
    begin_ += searched + (end == std::string::npos ? 0 : 1);
    if (number_ == 1) line = withoutByteOrderMark(line);
    return true;
}

std::string LineReader::place() const { return fmt::format("{}, line {}", name_, number_); }

void LineReader::refuse(std::string_view what) const {
    throw std::runtime_error(fmt::format("{}: {}.", place(), what));
}

}  // namespace mergarium
