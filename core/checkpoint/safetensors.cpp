#include "core/checkpoint/safetensors.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr std::uint64_t kLongestHeader = 100'000'000;  // the format's own limit

std::optional<std::uint64_t> bytesPerElement(std::string_view dtype) {
    if (dtype == "F64" || dtype == "I64" || dtype == "U64") return 8;
    if (dtype == "F32" || dtype == "I32" || dtype == "U32") return 4;
    if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16") return 2;
    if (dtype == "I8" || dtype == "U8" || dtype == "BOOL" || dtype == "F8_E4M3" || dtype == "F8_E5M2") return 1;
    return std::nullopt;
}

[[noreturn]] void refuse(std::string_view file, std::string_view what) {
    throw std::runtime_error(fmt::format("{}: not a usable safetensors file: {}.", file, what));
}

std::uint64_t unsignedOf(const nlohmann::json& value, std::string_view file, std::string_view tensor) {
    if (!value.is_number_unsigned()) refuse(file, fmt::format("tensor '{}' has a size that is no whole number", tensor));
    return value.get<std::uint64_t>();
}

TensorEntry entryOf(const nlohmann::json& value, std::uint64_t dataSize, std::string_view file, std::string_view name) {
    if (!value.is_object() || !value.contains("dtype") || !value["dtype"].is_string() || !value.contains("shape") ||
        !value["shape"].is_array() || !value.contains("data_offsets") || !value["data_offsets"].is_array() ||
        value["data_offsets"].size() != 2)
        refuse(file, fmt::format("tensor '{}' lacks a dtype, a shape or two data_offsets", name));

    TensorEntry entry;
    entry.dtype = value["dtype"].get<std::string>();
    const auto width = bytesPerElement(entry.dtype);
    if (!width) refuse(file, fmt::format("tensor '{}' has the unknown dtype '{}'", name, entry.dtype));
    std::uint64_t bytes = *width;
    for (const auto& extent : value["shape"]) {
        const std::uint64_t size = unsignedOf(extent, file, name);
        if (size != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / size)
            refuse(file, fmt::format("the shape of tensor '{}' is too large", name));
        bytes *= size;
        entry.shape.push_back(size);
    }
    entry.begin = unsignedOf(value["data_offsets"][0], file, name);
    entry.end = unsignedOf(value["data_offsets"][1], file, name);
    if (entry.begin > entry.end || entry.end > dataSize)
        refuse(file, fmt::format("tensor '{}' lies outside the file, which may be truncated", name));
    if (entry.end - entry.begin != bytes)
        refuse(file, fmt::format("tensor '{}' has {} bytes where its shape needs {}", name, entry.end - entry.begin, bytes));
    return entry;
}

struct OpenFile {
    std::ifstream stream;
    std::map<std::string, TensorEntry> entries;
    /// Where the tensors' bytes begin.
    std::uint64_t dataBegin = 0;
};

OpenFile open(const std::filesystem::path& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    OpenFile file{.stream = std::ifstream(path, std::ios::binary), .entries = {}, .dataBegin = 0};
    if (error || !file.stream) throw std::runtime_error(fmt::format("{}: can't be opened for reading.", path.string()));

    // The length that the file claims is believed only as far as the file is long.
    std::uint64_t claimed = 0;
    if (!file.stream.read(reinterpret_cast<char*>(&claimed), sizeof claimed)) refuse(path.string(), "it is shorter than its header");
    const std::uint64_t present = std::min({claimed, kLongestHeader, static_cast<std::uint64_t>(size) - sizeof claimed});
    std::vector<char> head(sizeof claimed + present);
    std::memcpy(head.data(), &claimed, sizeof claimed);
    file.stream.read(head.data() + sizeof claimed, static_cast<std::streamsize>(present));
    if (!file.stream) refuse(path.string(), "its header can't be read to its end");
    file.entries = parseSafetensorsHeader(std::as_bytes(std::span(head)), size, path.string());
    file.dataBegin = head.size();
    return file;
}

}  // namespace

std::map<std::string, TensorEntry> parseSafetensorsHeader(std::span<const std::byte> file, std::uint64_t fileSize,
                                                          std::string_view name) {
    std::uint64_t headerSize = 0;
    if (file.size() < sizeof headerSize) refuse(name, "it is shorter than its header");
    std::memcpy(&headerSize, file.data(), sizeof headerSize);
    if (headerSize > kLongestHeader || headerSize > file.size() - sizeof headerSize)
        refuse(name, "its header is longer than the file or than 100 MB");

    const auto* text = reinterpret_cast<const char*>(file.data()) + sizeof headerSize;
    const auto header = nlohmann::json::parse(text, text + headerSize, nullptr, /*allow_exceptions=*/false);
    if (!header.is_object()) refuse(name, "its header is no JSON object");

    const std::uint64_t dataSize = fileSize - sizeof headerSize - headerSize;
    std::map<std::string, TensorEntry> entries;
    for (const auto& [tensor, value] : header.items())
        if (tensor != "__metadata__") entries.emplace(tensor, entryOf(value, dataSize, name, tensor));
    return entries;
}

std::map<std::string, TensorEntry> readSafetensorsHeader(const std::filesystem::path& path) { return open(path).entries; }

std::vector<float> readFloatTensor(const std::filesystem::path& path, const std::string& tensor) {
    auto file = open(path);
    const auto found = file.entries.find(tensor);
    if (found == file.entries.end()) refuse(path.string(), fmt::format("it has no tensor '{}'", tensor));
    const auto& entry = found->second;
    if (entry.dtype != "F32") refuse(path.string(), fmt::format("tensor '{}' is {} where F32 is needed", tensor, entry.dtype));

    std::vector<float> values((entry.end - entry.begin) / sizeof(float));
    file.stream.seekg(static_cast<std::streamoff>(file.dataBegin + entry.begin));
    file.stream.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
    if (!file.stream) refuse(path.string(), fmt::format("tensor '{}' can't be read to its end", tensor));
    return values;
}

}  // namespace mergarium
