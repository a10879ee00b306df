#include "core/networks/devices/device_founders.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

torch::ScalarType scalarOf(DType dtype) {
    switch (dtype) {
        case DType::F64: return torch::kFloat64;
        case DType::F16: return torch::kFloat16;
        case DType::BF16: return torch::kBFloat16;
        // Types that this libtorch lacks are widened on the host.
        default: return torch::kFloat32;
    }
}

bool isStoredSo(DType dtype) { return sizeOf(dtype) == c10::elementSize(scalarOf(dtype)); }

std::uint64_t deviceBytes(DType dtype, std::uint64_t count) { return count * c10::elementSize(scalarOf(dtype)); }

/// Elements of a segment as the device takes them, at `to`, which has room for deviceBytes.
void fill(const FounderSegment& segment, std::uint64_t begin, std::uint64_t count, std::byte* to) {
    const auto size = count * sizeOf(segment.dtype);
    if (isStoredSo(segment.dtype)) {
        const auto* bytes = fetch(segment, begin, count, {to, size});
        if (bytes != to) std::copy(bytes, bytes + size, to);
        return;
    }
    std::vector<std::byte> stored(size);
    const auto* bytes = fetch(segment, begin, count, stored);
    toFloats(segment.dtype, bytes, {reinterpret_cast<float*>(to), count});
}

torch::Tensor hostBuffer(std::uint64_t bytes, torch::Device device) {
    return at::empty({static_cast<std::int64_t>(bytes)},
                     torch::TensorOptions().dtype(torch::kUInt8).pinned_memory(device.is_cuda()));
}

/// The bytes of a buffer as elements, without a copy.
torch::Tensor elementsOf(const torch::Tensor& bytes, DType dtype, std::uint64_t count) {
    return at::from_blob(bytes.data_ptr(), {static_cast<std::int64_t>(count)},
                         torch::TensorOptions().dtype(scalarOf(dtype)));
}

}  // namespace

DeviceFounders::DeviceFounders(FoundersPtr founders, torch::Device device, Place place)
    : founders_(std::move(founders)), device_(device), place_(place) {
    if (place_ == Place::Streamed) return;
    for (std::size_t founder = 0; founder < founders_->size(); ++founder) {
        auto& tensors = resident_.emplace_back();
        for (const auto& segment : founders_->model(founder).segments) {
            if (segment.begin >= founders_->length()) break;
            auto own = at::empty({static_cast<std::int64_t>(segment.count)},
                                 torch::TensorOptions().device(device_).dtype(scalarOf(segment.dtype)));
            for (std::uint64_t done = 0; done < segment.count;) {
                const auto count = std::min(FounderStream::kStretch, segment.count - done);
                const auto bytes = hostBuffer(deviceBytes(segment.dtype, count), device_);
                fill(segment, done, count, static_cast<std::byte*>(bytes.data_ptr()));
                own.narrow(0, static_cast<std::int64_t>(done), static_cast<std::int64_t>(count))
                    .copy_(elementsOf(bytes, segment.dtype, count));
                done += count;
            }
            tensors.push_back(std::move(own));
        }
    }
}

std::uint64_t DeviceFounders::byteSize(const Founders& founders) {
    std::uint64_t bytes = 0;
    for (std::size_t founder = 0; founder < founders.size(); ++founder)
        for (const auto& segment : founders.model(founder).segments)
            if (segment.begin < founders.length()) bytes += deviceBytes(segment.dtype, segment.count);
    return bytes;
}

torch::Tensor DeviceFounders::at(std::size_t founder, std::uint64_t begin, std::uint64_t count) const {
    const auto& segment = founders_->segmentAt(founder, begin);
    const auto index = &segment - founders_->model(founder).segments.data();
    return resident_[founder][static_cast<std::size_t>(index)].narrow(
        0, static_cast<std::int64_t>(begin - segment.begin), static_cast<std::int64_t>(count));
}

FounderStream::FounderStream(const DeviceFounders& founders) : founders_(founders) {
    for (auto& buffers : staging_) buffers.resize(founders.founders().size());
}

torch::Tensor FounderStream::show(std::size_t founder, std::uint64_t begin, std::uint64_t count) {
    if (count > kStretch) throw std::invalid_argument(fmt::format("A stretch of {} numbers is too long.", count));
    if (founders_.place() == DeviceFounders::Place::Resident) return founders_.at(founder, begin, count);
    const auto& segment = founders_.founders().segmentAt(founder, begin);
    const auto size = deviceBytes(segment.dtype, count);
    auto& buffer = staging_[turn_][founder];
    if (!buffer.defined() || static_cast<std::uint64_t>(buffer.numel()) < size)
        buffer = hostBuffer(deviceBytes(segment.dtype, kStretch), founders_.device());
    fill(segment, begin - segment.begin, count, static_cast<std::byte*>(buffer.data_ptr()));
    const auto host = elementsOf(buffer, segment.dtype, count);
    return founders_.device().is_cpu() ? host : host.to(founders_.device());
}

}  // namespace mergarium
