#pragma once

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
    std::string dtype;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Reads the header of a safetensors file whose first bytes are `file` and whose whole size is `fileSize`.
/// Every length and offset is checked; throws std::runtime_error with `name` and the tensor in its one sentence.
std::map<std::string, TensorEntry> parseSafetensorsHeader(std::span<const std::byte> file, std::uint64_t fileSize,
                                                          std::string_view name);

/// The header of a file, checked against the file's size.
std::map<std::string, TensorEntry> readSafetensorsHeader(const std::filesystem::path& path);

/// The fp32 values of one tensor of a file. Throws when the tensor is missing or of another dtype.
std::vector<float> readFloatTensor(const std::filesystem::path& path, const std::string& tensor);

}  // namespace mergarium
