#pragma once

#include <filesystem>
#include <string_view>

namespace mergarium {

/// A file that is written whole or not at all, in the place of what was there: until all of it is on the disk, the name
/// belongs to what was there before, and what isn't finished leaves nothing behind. What is no regular file (a pipe,
/// /dev/stdout) is written to as it is. Every function throws std::runtime_error with one sentence that names the file.
class WholeFile {
public:
    explicit WholeFile(std::filesystem::path path);
    ~WholeFile();
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;

    /// What comes next in it.
    void write(std::string_view contents);
    /// That was all: on the disk, under its name.
    void finish();

private:
    [[noreturn]] void refuse(int reason);
    void drop();

    std::filesystem::path path_;
    /// Where it ends up, through a link; and where it is written.
    std::filesystem::path target_, draft_;
    bool isOther_ = false;
    /// -1 when it is closed.
    int descriptor_ = -1;
};

/// The same, of a small file.
void writeWholeFile(const std::filesystem::path& path, std::string_view contents);

}  // namespace mergarium
