#pragma once

#include "core/files/mapped_file.h"
#include "core/gguf/gguf_header.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace mergarium {

/// A GGUF file, mapped: nothing of a tensor is read until it is used. Immutable, for any thread.
class GgufFile {
public:
    /// Throws std::runtime_error with one sentence (parseGgufHeader).
    explicit GgufFile(const std::filesystem::path& path);

    const GgufMetadata& metadata() const { return header_.metadata; }
    const std::vector<GgufEntry>& tensors() const { return header_.tensors; }
    /// Null: there is none of this name.
    const GgufEntry* find(std::string_view name) const;
    /// Of one of tensors().
    std::span<const std::byte> bytes(const GgufEntry& tensor) const;
    /// The numbers that its elements [begin, begin + out.size()) stand for, both multiples of its block.
    void values(const GgufEntry& tensor, std::uint64_t begin, std::span<float> out) const;
    /// Takes bytes [begin, end) of a tensor out of resident memory.
    void dropBehind(const GgufEntry& tensor, std::uint64_t begin, std::uint64_t end) const;
    /// Throws std::runtime_error when the file has been truncated since it was opened.
    void check() const { file_->check(); }

private:
    std::shared_ptr<const MappedFile> file_;
    GgufHeader header_;
};

}  // namespace mergarium
