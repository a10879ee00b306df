#pragma once

#include <unistd.h>

#include <utility>

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

    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }
    /// Gives it away: whoever takes the number closes it.
    int release() { return std::exchange(number_, -1); }
    bool isOpen() const { return number_ >= 0; }
    /// Negative when closed.
    int number() const { return number_; }

private:
    int number_ = -1;
};

}  // namespace mergarium
