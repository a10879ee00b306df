#pragma once

#include "core/checkpoint/dtype.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// One tensor of a safetensors file: where its bytes lie, counted from the end of the header.
struct TensorEntry {
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// What a safetensors file says about itself. Every entry lies within the file, has the bytes that its shape needs, and
/// shares none of them with another; there may be unused bytes between entries.
struct SafetensorsHeader {
    std::map<std::string, TensorEntry> tensors;
    /// The key-value texts under "__metadata__".
    std::map<std::string, std::string> metadata;
    /// Where the tensors' bytes begin in the file.
    std::uint64_t dataBegin = 0;
};

/// Reads the header of a safetensors file whose first bytes are `file` and whose whole size is `fileSize`. Trusts
/// nothing: every length and offset is checked, names occur once. Throws std::runtime_error with `name` and the tensor
/// in its one sentence.
SafetensorsHeader parseSafetensorsHeader(std::span<const std::byte> file, std::uint64_t fileSize,
                                         std::string_view name);

/// The header of a file, checked against the file's size.
SafetensorsHeader readSafetensorsHeader(const std::filesystem::path& path);

/// The fp32 values of one tensor of a file. Throws when the tensor is missing or of another dtype.
std::vector<float> readFloatTensor(const std::filesystem::path& path, const std::string& tensor);

}  // namespace mergarium
