#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace mergarium {

/// A new file that is being written. Every function throws std::runtime_error with one sentence that names the file.
class OutputFile {
public:
    /// For others to read, as far as the umask lets them. Refused when there is a file of this name already.
    explicit OutputFile(std::filesystem::path path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    const std::filesystem::path& path() const { return path_; }
    int descriptor() const { return descriptor_; }
    /// In bytes, as it is now.
    std::uint64_t size() const;
    /// Writes at `offset`. From several threads at once, to places that don't overlap.
    void write(std::uint64_t offset, std::span<const std::byte> bytes) const;
    /// Asks the system to start writing [begin, end) to the disk.
    void startSync(std::uint64_t begin, std::uint64_t end) const;
    /// Returns once everything written is on the disk.
    void sync() const;

private:
    std::filesystem::path path_;
    int descriptor_;
};

}  // namespace mergarium
