#include "core/founders/founders.h"

#include "core/files/mapped_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mergarium {

Founders::Founders(Layout layout, std::vector<FounderModel> models)
    : layout_(std::move(layout)), models_(std::move(models)) {
    if (models_.empty()) throw std::invalid_argument("There are no founders.");
    for (const auto& model : models_) {
        std::uint64_t end = 0;
        for (const auto& segment : model.segments) {
            if (segment.begin != end || segment.count == 0 || !segment.bytes)
                throw std::invalid_argument(
                    fmt::format("{}: its numbers leave a gap at position {}.", model.name, end));
            end += segment.count;
        }
        if (end != layout_.extent())
            throw std::invalid_argument(
                fmt::format("{}: {} parameters where the layout has {}.", model.name, end, layout_.extent()));
    }
}

std::shared_ptr<const Founders> Founders::ofVectors(Layout layout,
                                                    std::vector<std::pair<std::string, std::vector<float>>> models) {
    std::vector<FounderModel> sources;
    for (auto& [name, values] : models) {
        const auto storage = std::make_shared<const std::vector<float>>(std::move(values));
        sources.push_back({.name = std::move(name),
                           .hash = {},
                           .segments = {{.begin = 0,
                                         .count = storage->size(),
                                         .dtype = DType::F32,
                                         .bytes = std::as_bytes(std::span(*storage)).data()}},
                           .storage = storage});
    }
    return std::make_shared<const Founders>(std::move(layout), std::move(sources));
}

const FounderSegment& Founders::segmentAt(std::size_t founder, std::uint64_t position) const {
    const auto& segments = models_[founder].segments;
    return *std::prev(std::ranges::upper_bound(segments, position, {}, &FounderSegment::begin));
}

void Founders::read(std::size_t founder, std::uint64_t begin, std::span<float> out) const {
    const FounderSegment* segment = out.empty() ? nullptr : &segmentAt(founder, begin);
    while (!out.empty()) {
        const auto offset = begin - segment->begin;
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), segment->count - offset));
        toFloats(segment->dtype, segment->bytes + offset * sizeOf(segment->dtype), out.first(count));
        if (segment->file) segment->file->check();
        out = out.subspan(count);
        begin += count;
        ++segment;
    }
}

}  // namespace mergarium
