#pragma once

#include "core/checkpoint/dtype.h"
#include "tests/support/message_of.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::test {

struct GivenTensor {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;
};

/// A tensor of these values, rounded to a floating `dtype`.
GivenTensor tensorOf(std::string name, DType dtype, std::vector<std::int64_t> shape, const std::vector<float>& values);

/// A file's bytes: the length of `header`, `header`, and zeros for `dataSize` bytes.
std::string safetensorsText(std::string_view header, std::size_t dataSize);
void writeText(const std::filesystem::path& path, std::string_view text);
void writeTensors(const std::filesystem::path& path, const std::vector<GivenTensor>& tensors);

}  // namespace mergarium::test
