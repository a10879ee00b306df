#pragma once

#include <cstddef>
#include <span>

namespace mergarium {

/// A file mapped into memory, which survives that another program truncates the file: what is gone reads as zeros, and
/// writing there is lost, instead of a signal (SIGBUS) that ends the process. isBroken() tells so afterwards: whoever
/// used the bytes has to ask. The same where the disk fails. Bytes for any thread.
class Mapping {
public:
    enum class Access { Read, ReadAndWrite };

    /// The first `size` bytes, which may be 0; the descriptor may be closed then. Throws std::system_error.
    Mapping(int descriptor, std::size_t size, Access access);
    ~Mapping();
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    std::span<std::byte> bytes() const { return bytes_; }
    /// Bytes were touched that the file no longer had.
    bool isBroken() const;

    struct Guarded;

private:
    std::span<std::byte> bytes_;
    Guarded* guarded_ = nullptr;
};

}  // namespace mergarium
