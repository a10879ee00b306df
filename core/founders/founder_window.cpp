#include "core/founders/founder_window.h"

#include <algorithm>

namespace mergarium {
namespace {

constexpr std::uint64_t kBytesPerFounder = 128 << 10;

/// Kept by each thread, so that a window costs no allocation.
std::span<std::byte> threadsBuffer(std::size_t founders) {
    thread_local std::vector<std::byte> buffer;
    if (buffer.size() < founders * kBytesPerFounder) buffer.resize(founders * kBytesPerFounder);
    return buffer;
}

}  // namespace

FounderWindow::FounderWindow(const Founders& founders) : founders_(founders) { panes_.reserve(founders.size()); }

std::uint64_t FounderWindow::show(std::span<const std::size_t> founders, std::uint64_t begin, std::uint64_t count) {
    panes_.clear();
    for (const auto founder : founders) {
        const auto& segment = founders_.segmentAt(founder, begin);
        panes_.push_back({.segment = &segment, .dtype = segment.dtype, .bytes = nullptr});
        count = std::min({count, segment.begin + segment.count - begin, kBytesPerFounder / sizeOf(segment.dtype)});
    }
    auto buffer = threadsBuffer(founders.size());
    for (auto& pane : panes_) {
        pane.bytes = fetch(*pane.segment, begin - pane.segment->begin, count, buffer);
        buffer = buffer.subspan(kBytesPerFounder);
    }
    return count;
}

}  // namespace mergarium
