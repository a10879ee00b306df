#include "core/files/beneath.h"

#include "core/files/file_status.h"
#include "core/files/mapped_file.h"
#include "core/files/text_file.h"
#include "core/subprocess/file_descriptor.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 16;
constexpr int kFolder = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

bool isSame(const FileDescriptor& a, const FileDescriptor& b) {
    const auto first = statusOf(a), second = statusOf(b);
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/// A place in Hugging Face's cache: "../../blobs/HASH", seen from a snapshot's folder, or further up from one in it.
struct Blob {
    /// How often "..".
    std::size_t up = 0;
    std::string hash;
};

std::optional<Blob> blobAt(const fs::path& target) {
    std::vector<std::string> parts;
    for (const auto& part : target) parts.push_back(part.string());
    const auto up = static_cast<std::size_t>(
        std::ranges::find_if(parts, [](const auto& part) { return part != ".."; }) - parts.begin());
    if (up < 2 || parts.size() != up + 2 || parts[up] != "blobs") return std::nullopt;
    const auto& hash = parts.back();
    const bool isHash = hash.size() >= 32 && hash.find_first_not_of("0123456789abcdefABCDEF") == hash.npos;
    return isHash ? std::optional(Blob{up, hash}) : std::nullopt;
}

/// Goes from a folder to a file step by step, each from the last one's descriptor, and none over a link unseen.
class Walk {
public:
    Walk(const fs::path& folder, std::string_view name) : file_(folder / name) {
        FileDescriptor start(::open(folder.empty() ? "." : folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!start.isOpen()) fail(errno);
        folders_.push_back(std::move(start));
        goAlong(fs::path(name));
    }

    FileDescriptor toFile() {
        while (!ahead_.empty()) {
            const auto part = std::move(ahead_.back());
            ahead_.pop_back();
            if (part.empty() || part == ".") continue;
            if (part == "..") {
                if (folders_.size() == 1) refuseLink();
                folders_.pop_back();
                continue;
            }
            FileDescriptor entry(::openat(here(), part.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
            if (!entry.isOpen()) fail(errno);
            const auto mode = statusOf(entry).st_mode;
            if (S_ISLNK(mode)) {
                if (auto blob = follow(entry)) return std::move(*blob);
            } else if (S_ISDIR(mode)) {
                folders_.push_back(std::move(entry));
            } else {
                if (!S_ISREG(mode) || !ahead_.empty()) break;
                return open(here(), part);
            }
        }
        refuse("this is no regular file");
    }

private:
    int here() const { return folders_.back().number(); }

    void goAlong(const fs::path& path) {
        std::vector<std::string> parts;
        for (const auto& part : path) parts.push_back(part.string());
        ahead_.insert(ahead_.end(), parts.rbegin(), parts.rend());
    }

    /// Goes on along a link within the folder; opens the file of one into a cache.
    std::optional<FileDescriptor> follow(const FileDescriptor& link) {
        std::array<char, PATH_MAX> text;
        const auto size = ::readlinkat(link.number(), "", text.data(), text.size());
        if (size < 0) fail(errno);
        target_ = fs::path(std::string(text.data(), static_cast<std::size_t>(size)));
        if (++links_ > kMostLinks) refuse("its links lead in circles");
        if (target_.is_absolute()) refuseLink();
        if (const auto blob = blobAt(target_); blob && blob->up > folders_.size() && ahead_.empty()) return open(*blob);
        goAlong(target_);
        return std::nullopt;
    }

    FileDescriptor open(const Blob& blob) const {
        FileDescriptor above, below;
        for (std::size_t i = 0; i < blob.up; ++i) {
            below = std::exchange(above, FileDescriptor(::openat(i == 0 ? here() : above.number(), "..", kFolder)));
            if (!above.isOpen()) fail(errno);
        }
        const FileDescriptor snapshots(::openat(above.number(), "snapshots", kFolder));
        if (!snapshots.isOpen() || !isSame(snapshots, below)) refuseLink();
        const FileDescriptor blobs(::openat(above.number(), "blobs", kFolder));
        if (!blobs.isOpen()) fail(errno);
        return open(blobs.number(), blob.hash);
    }

    /// Neither over a link, nor waiting for anyone: what has been put there meanwhile is refused when it is mapped.
    FileDescriptor open(int folder, const std::string& name) const {
        FileDescriptor file(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (!file.isOpen()) fail(errno);
        return file;
    }

    [[noreturn]] void refuse(std::string_view what) const {
        throw std::runtime_error(fmt::format("{}: {}.", file_.string(), what));
    }
    [[noreturn]] void refuseLink() const {
        refuse(
            fmt::format("this link leads to {}, outside of the model's folder, and is not followed; put the file "
                        "itself there",
                        target_.string()));
    }
    [[noreturn]] void fail(int reason) const {
        if (reason == ENOENT && !target_.empty())
            refuse(fmt::format("this link leads nowhere: its target {} does not exist", target_.string()));
        if (reason == ENOENT) refuse("there is no such file");
        refuse(fmt::format("can't be opened for reading: {}", std::generic_category().message(reason)));
    }

    fs::path file_;
    /// The folder, and those below it that lead to where the walk is.
    std::vector<FileDescriptor> folders_;
    /// What is still to go, the next part last.
    std::vector<std::string> ahead_;
    /// Of the last link.
    fs::path target_;
    int links_ = 0;
};

}  // namespace

std::shared_ptr<const MappedFile> openBeneath(const fs::path& folder, std::string_view name) {
    return MappedFile::of(folder / name, Walk(folder, name).toFile());
}

std::string readBeneath(const fs::path& file, std::size_t most) {
    const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const auto opened = openBeneath(folder, file.filename().string());
    requireAtMost(file, opened->bytes().size(), most);
    return opened->reading(
        [](auto bytes) { return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()); });
}

}  // namespace mergarium
