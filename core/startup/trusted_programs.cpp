#include "core/startup/trusted_programs.h"

#include "core/files/fingerprint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// Nobody approves so many.
constexpr off_t kMostBytes = 16 << 20;

std::string identityOf(const Program& program) {
    Fingerprint digest;
    digest.add(program.command.size());
    for (const auto& word : program.command) digest.add(std::string_view(word));
    std::error_code error;
    const auto folder = fs::weakly_canonical(fs::absolute(program.folder, error), error);
    digest.add(std::string_view((error ? program.folder : folder).native()));
    return digest.hex();
}

class ListFile {
public:
    ListFile(const fs::path& path, int flags) : value_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    ~ListFile() {
        if (value_ >= 0) ::close(value_);
    }
    ListFile(const ListFile&) = delete;
    ListFile& operator=(const ListFile&) = delete;

    int value() const { return value_; }
    /// A regular file that nobody else can have written.
    bool isOwn(struct stat& status) const {
        return value_ >= 0 && ::fstat(value_, &status) == 0 && S_ISREG(status.st_mode) &&
               status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    }

private:
    int value_;
};

/// Absent when it can't be read, or isn't the person's own.
std::optional<std::string> contentsOf(const fs::path& file) {
    const ListFile descriptor(file, O_RDONLY | O_NONBLOCK);
    struct stat status {};
    if (!descriptor.isOwn(status) || status.st_size > kMostBytes) return std::nullopt;
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t have = 0;
    while (have < text.size()) {
        const auto got = ::read(descriptor.value(), text.data() + have, text.size() - have);
        if (got <= 0) break;
        have += static_cast<std::size_t>(got);
    }
    text.resize(have);
    return text;
}

}  // namespace

bool TrustedPrograms::contains(const Program& program) const {
    // An identity at the beginning of a line; what follows is for people.
    const auto contents = contentsOf(file_);
    return contents && ("\n" + *contents).find("\n" + identityOf(program) + " ") != std::string::npos;
}

void TrustedPrograms::add(const Program& program) const {
    if (contains(program)) return;
    const auto fail = [&](std::string_view why) {
        throw std::runtime_error(
            fmt::format("{}: the program can't be remembered as approved: {}.", file_.string(), why));
    };
    std::error_code error;
    fs::create_directories(file_.parent_path(), error);
    const ListFile descriptor(file_, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK);
    if (descriptor.value() < 0) fail(std::strerror(errno));
    struct stat status {};
    if (!descriptor.isOwn(status)) fail("it is not a file that you alone can write");
    // One write, so that lines of two programs don't mix.
    const auto line = fmt::format("{} {}\n", identityOf(program), inWords(program));
    if (::write(descriptor.value(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        fail(std::strerror(errno));
}

TrustedPrograms trustedPrograms() {
    const char* configuration = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    const bool named = configuration && *configuration == '/';
    // Without a home nothing is approved, and nothing can be.
    const auto folder = named           ? fs::path(configuration)
                        : home && *home ? fs::path(home) / ".config"
                                        : fs::path("/dev/null");
    return TrustedPrograms(folder / "mergarium" / "trusted-programs");
}

}  // namespace mergarium
