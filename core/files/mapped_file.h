#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace mergarium {

/// Identifies a file and its state without reading it.
struct FileState {
    std::uint64_t size = 0;
    std::int64_t modifiedNanoseconds = 0;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    bool operator==(const FileState&) const = default;
};

/// A whole file mapped read-only. Immutable, for any thread. Bytes are read from disk when touched; a file that another
/// program truncates meanwhile ends the process when it touches what is gone (SIGBUS), as with every mapping.
class MappedFile {
public:
    /// Throws std::runtime_error with one sentence when the file can't be opened, is no regular file, or a link leads
    /// nowhere.
    static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::span<const std::byte> bytes() const { return bytes_; }
    /// As it was when the file was opened.
    const FileState& state() const { return state_; }

    /// Copies from the file what the mapping has at `from`, a place in bytes(). To stream large files: the first touch
    /// of a mapped page costs a fault, and was measured to take six times as long as this copy; no page becomes
    /// resident, and a file that was truncated meanwhile is an error. Throws std::runtime_error with one sentence.
    void read(const std::byte* from, std::span<std::byte> out) const;
    /// Takes the pages of [begin, end) out of this process's resident memory; touched again they come back from the
    /// system's cache or disk. Safe while others read them. With it, streaming a file of any size costs no memory.
    void dropBehind(std::uint64_t begin, std::uint64_t end) const;
    /// Asks the system to read [begin, end) ahead.
    void prefetch(std::uint64_t begin, std::uint64_t end) const;

private:
    MappedFile(std::filesystem::path path, int descriptor, std::span<const std::byte> bytes, FileState state);
    void advise(std::uint64_t begin, std::uint64_t end, int advice) const;

    std::filesystem::path path_;
    int descriptor_;
    std::span<const std::byte> bytes_;
    FileState state_;
};

}  // namespace mergarium
