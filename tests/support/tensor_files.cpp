#include "tests/support/tensor_files.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <fstream>
#include <stdexcept>

namespace mergarium::test {

GivenTensor tensorOf(std::string name, DType dtype, std::vector<std::int64_t> shape, const std::vector<float>& values) {
    GivenTensor tensor{std::move(name), dtype, std::move(shape), std::vector<std::byte>(values.size() * sizeOf(dtype))};
    fromFloats(dtype, values, tensor.bytes.data());
    return tensor;
}

std::string safetensorsText(std::string_view header, std::size_t dataSize) {
    const std::uint64_t length = header.size();
    std::string text(sizeof length, '\0');
    std::memcpy(text.data(), &length, sizeof length);
    return text.append(header).append(dataSize, '\0');
}

void writeText(const std::filesystem::path& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.flush()) throw std::runtime_error("can't write " + path.string());
}

void writeTensors(const std::filesystem::path& path, const std::vector<GivenTensor>& tensors) {
    nlohmann::json header = {{"__metadata__", {{"format", "pt"}}}};
    std::string data;
    for (const auto& tensor : tensors) {
        const auto begin = data.size();
        data.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
        header[tensor.name] = {
            {"dtype", nameOf(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
    }
    writeText(path, safetensorsText(header.dump(), 0) + data);
}

}  // namespace mergarium::test
