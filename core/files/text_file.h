#pragma once

#include "core/subprocess/spawn.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace mergarium {

/// A regular file, open for reading.
struct OpenFile {
    FileDescriptor descriptor;
    /// In bytes, when it was opened.
    std::uint64_t size = 0;
};

/// Never waits: pipes, sockets and devices are refused, as are folders. Throws std::runtime_error with one sentence.
OpenFile openRegularFile(const std::filesystem::path& path);

/// Throws std::runtime_error with one sentence when a file has more bytes than one of its kind may have.
void requireAtMost(const std::filesystem::path& path, std::uint64_t size, std::size_t most);

/// The bytes of a file of at most `most` bytes, which is checked before memory is taken. Throws std::runtime_error with
/// one sentence.
std::string readFile(const std::filesystem::path& path, std::size_t most);

/// Without the mark that some editors put before a text in UTF-8.
std::string_view withoutByteOrderMark(std::string_view text);

/// Reads a text file line by line and takes no more memory than the longest line may have. Used by one thread.
class LineReader {
public:
    /// Throws as `openRegularFile`.
    LineReader(std::filesystem::path path, std::size_t longest);
    /// Of a stream that is open already, which isn't closed; messages call it `name`.
    LineReader(int descriptor, std::string name, std::size_t longest);

    /// The next line without its end, valid until the next call; false behind the last. Throws std::runtime_error that
    /// names the place when a line is longer than it may be, or can't be read.
    bool next(std::string_view& line);
    /// Of the line last read, from 1.
    std::size_t number() const { return number_; }
    /// "FILE, line N".
    std::string place() const;
    /// Throws std::runtime_error: "FILE, line N: WHAT."
    [[noreturn]] void refuse(std::string_view what) const;

private:
    bool fill();

    std::string name_;
    OpenFile file_;
    int descriptor_;
    std::size_t longest_;
    std::string buffer_;
    /// Where the next line begins in `buffer_`.
    std::size_t begin_ = 0;
    bool ended_ = false;
    std::size_t number_ = 0;
};

}  // namespace mergarium
