#pragma once

#include <sys/types.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// A file descriptor that closes itself.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int number) : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~FileDescriptor() { close(); }

    void close();
    bool isOpen() const { return number_ >= 0; }
    /// Negative when closed.
    int number() const { return number_; }

private:
    int number_ = -1;
};

/// What went wrong with another program, as the rest of a sentence that begins with its name: "ended with exit code 1".
class ProcessFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A program just started, and our ends of the pipes to it, which don't block.
struct Spawned {
    pid_t process = -1;
    FileDescriptor input;
    FileDescriptor output;
    FileDescriptor errors;
};

/// Starts `program` (its name or path, then its arguments) in `folder`, without a shell: a process group of its own, no
/// signal blocked, no file of ours open. It is killed when the calling thread ends, and so when this process does.
/// Throws ProcessFailure when the folder or the program can't be used.
Spawned spawn(const std::vector<std::string>& program, const std::filesystem::path& folder);

}  // namespace mergarium
