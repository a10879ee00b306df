#include "core/gguf/gguf_tensor.h"

#include <algorithm>

namespace mergarium {

std::uint64_t GgufTensor::count() const {
    std::uint64_t product = 1;
    for (const auto extent : shape) product *= static_cast<std::uint64_t>(extent);
    return product;
}

GgufEntry GgufTensor::entry(std::uint64_t begin) const {
    GgufEntry entry{.name = name, .extents = {}, .type = type, .begin = begin};
    for (auto extent = shape.rbegin(); extent != shape.rend(); ++extent)
        entry.extents.push_back(static_cast<std::uint64_t>(*extent));
    return entry;
}

void GgufTensor::copy(std::uint64_t begin, std::span<float> out) const {
    for (const auto* source : sources) {
        if (out.empty()) return;
        if (begin >= source->count) {
            begin -= source->count;
            continue;
        }
        const auto part = out.first(std::min<std::uint64_t>(out.size(), source->count - begin));
        toFloats(source->dtype, source->bytes + begin * sizeOf(source->dtype), part);
        out = out.subspan(part.size());
        begin = 0;
    }
}

void GgufTensor::transpose(std::uint64_t begin, std::span<float> out) const {
    const auto& source = *sources.front();
    const auto inputs = rowSize(), outputs = source.count / inputs;
    const auto first = begin / inputs, count = out.size() / inputs;
    std::vector<float> line(count);
    for (std::uint64_t input = 0; input < inputs; ++input) {
        toFloats(source.dtype, source.bytes + (input * outputs + first) * sizeOf(source.dtype), line);
        for (std::uint64_t row = 0; row < count; ++row) out[row * inputs + input] = line[row];
    }
}

void GgufTensor::values(std::uint64_t begin, std::span<float> out) const {
    if (!numbers.empty()) {
        std::ranges::copy(std::span(numbers).subspan(begin, out.size()), out.begin());
    } else if (transposed) {
        transpose(begin, out);
    } else if (!rows) {
        copy(begin, out);
    } else {
        const auto size = unit();
        for (std::uint64_t done = 0; done < out.size(); done += size)
            copy(rows((begin + done) / size) * size, out.subspan(done, size));
    }
    if (added != 0.0F)
        for (float& value : out) value += added;
}

void GgufTensor::dropBehind(const Checkpoint& model, std::uint64_t begin, std::uint64_t end) const {
    if (sources.empty() || begin >= end) return;
    if (transposed) return model.dropBehind(*sources.front(), 0, sources.front()->byteSize());
    if (rows) {
        const auto size = unit();
        std::uint64_t first = rows(begin / size), last = first;
        for (auto row = begin / size; row < end / size; ++row) {
            first = std::min(first, rows(row));
            last = std::max(last, rows(row));
        }
        begin = first * size;
        end = (last + 1) * size;
    }
    for (const auto* source : sources) {
        const auto from = std::min(begin, source->count), to = std::min(end, source->count);
        if (from < to) model.dropBehind(*source, from * sizeOf(source->dtype), to * sizeOf(source->dtype));
        begin -= from;
        end -= to;
    }
}

}  // namespace mergarium
