// Throws bytes at the reader of safetensors headers. It may refuse them with a message; it may not crash, hang, or
// accept what would lead outside the file. Built with clang and -DMERGARIUM_FUZZ=ON for libFuzzer, else as a test that
// replays the corpus.
#include "core/checkpoint/depth_order.h"
#include "core/checkpoint/safetensors.h"

#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace {

using namespace mergarium;

void require(bool holds) {
    if (!holds) std::abort();
}

void checkAll(const SafetensorsHeader& header, std::uint64_t fileSize) {
    std::vector<std::string> names;
    std::uint64_t bytes = 0;
    require(header.dataBegin <= fileSize);
    for (const auto& [name, entry] : header.tensors) {
        require(entry.begin <= entry.end && entry.end <= fileSize - header.dataBegin);
        std::uint64_t size = sizeOf(entry.dtype);
        for (const auto extent : entry.shape) size *= static_cast<std::uint64_t>(extent);
        require(size == entry.end - entry.begin);
        bytes += size;
        names.push_back(name);
    }
    require(bytes <= fileSize - header.dataBegin);  // nothing overlaps
    sortInDepthOrder(names);
    require(names.size() == header.tensors.size());
}

void read(std::span<const std::byte> file, std::uint64_t fileSize) {
    try {
        checkAll(parseSafetensorsHeader(file, fileSize, "fuzz"), fileSize);
    } catch (const std::runtime_error&) {
        // Refused in one sentence: what it is there for.
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    read(bytes, size);
    // As the header of a file that is long enough: mutations rarely get the length before it right.
    static std::vector<std::byte> file;
    const std::uint64_t length = size;
    file.resize(sizeof length + size);
    std::memcpy(file.data(), &length, sizeof length);
    if (size > 0) std::memcpy(file.data() + sizeof length, data, size);
    read(file, file.size() + 4096);
    return 0;
}
