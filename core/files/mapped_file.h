#pragma once

#include "core/files/mapping.h"
#include "core/subprocess/file_descriptor.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <span>

namespace mergarium {

/// Identifies a file and its state without reading it.
struct FileState {
    std::uint64_t size = 0;
    std::int64_t modifiedNanoseconds = 0;
    /// When anything about the file changed last: unlike the time above, no program can set it back.
    std::int64_t changedNanoseconds = 0;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    bool operator==(const FileState&) const = default;
};

/// A whole file mapped read-only. Immutable, for any thread. Bytes are read from disk when touched; what another
/// program has truncated meanwhile reads as zeros, so whoever has used bytes() calls check() before trusting what came
/// of them.
class MappedFile {
public:
    /// Follows links; for what a person has named. A model's own files: openBeneath. Throws std::runtime_error with one
    /// sentence when the file can't be opened, is no regular file, or a link leads nowhere.
    static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
    /// Of an open file; `path` is what messages call it. Throws as `open`.
    static std::shared_ptr<const MappedFile> of(std::filesystem::path path, FileDescriptor file);
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::span<const std::byte> bytes() const { return mapping_.bytes(); }
    /// As it was when the file was opened.
    const FileState& state() const { return state_; }
    /// As it is now, if it is this file still. Throws std::runtime_error with one sentence.
    FileState stateNow() const;

    /// Throws std::runtime_error with one sentence when the file has been truncated since it was opened.
    void check() const;
    /// What `work` makes of the bytes, checked.
    template <typename Work>
    auto reading(Work work) const {
        try {
            auto result = work(bytes());
            check();
            return result;
        } catch (const std::exception&) {
            check();
            throw;
        }
    }

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
    MappedFile(std::filesystem::path path, FileDescriptor file, const FileState& state);
    void advise(std::uint64_t begin, std::uint64_t end, int advice) const;

    std::filesystem::path path_;
    FileDescriptor file_;
    Mapping mapping_;
    FileState state_;
};

}  // namespace mergarium
