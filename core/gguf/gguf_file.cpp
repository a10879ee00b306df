#include "core/gguf/gguf_file.h"

#include <algorithm>

namespace mergarium {

GgufFile::GgufFile(const std::filesystem::path& path)
    : file_(MappedFile::open(path)), header_(file_->reading([&](std::span<const std::byte> bytes) {
          return parseGgufHeader(bytes, bytes.size(), path.string());
      })) {}

const GgufEntry* GgufFile::find(std::string_view name) const {
    const auto found = std::ranges::find(header_.tensors, name, &GgufEntry::name);
    return found == header_.tensors.end() ? nullptr : &*found;
}

std::span<const std::byte> GgufFile::bytes(const GgufEntry& tensor) const {
    return file_->bytes().subspan(header_.dataBegin + tensor.begin, tensor.byteSize());
}

void GgufFile::values(const GgufEntry& tensor, std::uint64_t begin, std::span<float> out) const {
    decode(tensor.type, bytes(tensor).subspan(bytesOf(tensor.type, begin), bytesOf(tensor.type, out.size())).data(),
           out);
}

void GgufFile::dropBehind(const GgufEntry& tensor, std::uint64_t begin, std::uint64_t end) const {
    const auto first = header_.dataBegin + tensor.begin;
    file_->dropBehind(first + begin, first + end);
}

}  // namespace mergarium
