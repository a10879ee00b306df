#include "core/founders/quantised/dequantised_checkpoint.h"

#include <algorithm>

namespace mergarium {
namespace {

/// fp8 times scale, row by row of the last dimension, as fp32.
void dequantise(const StoredTensor& tensor, const ScaledTensor& scaled, std::span<std::byte> to) {
    const auto& block = scaled.block;
    const auto dimensions = tensor.shape.size();
    const std::uint64_t columns = dimensions == 0 ? 1 : static_cast<std::uint64_t>(tensor.shape.back());
    std::vector<float> scales(scaled.scale->count), values(columns);
    toFloats(scaled.scale->dtype, scaled.scale->bytes, scales);
    for (std::uint64_t row = 0; row * columns < tensor.count; ++row) {
        // Which of the scales is the row's first: the place of its blocks in all dimensions but the last.
        std::uint64_t first = 0, stride = 1, rest = row;
        for (std::size_t i = dimensions; i-- > 0;) {
            const auto extent = static_cast<std::uint64_t>(tensor.shape[i]);
            const auto blocks = (extent + block[i] - 1) / block[i];
            if (i + 1 < dimensions) {
                first += rest % extent / block[i] * stride;
                rest /= extent;
            }
            stride *= blocks;
        }
        toFloats(tensor.dtype, tensor.bytes + row * columns, values);
        for (std::uint64_t column = 0; column < columns; ++column)
            values[column] *= scales[first + (dimensions == 0 ? 0 : column / block.back())];
        fromFloats(DType::F32, values, to.data() + row * columns * sizeof(float));
    }
}

}  // namespace

DequantisedCheckpoint::DequantisedCheckpoint(std::shared_ptr<const Checkpoint> checkpoint, Quantisation quantisation,
                                             const std::filesystem::path& scratch)
    : checkpoint_(std::move(checkpoint)), quantisation_(std::move(quantisation)) {
    std::vector<std::uint64_t> sizes;
    const auto stored = checkpoint_->tensors();
    for (std::size_t i = 0; i < stored.size(); ++i) {
        if (quantisation_.scales.contains(stored[i].name)) continue;
        const auto scaled = std::ranges::find(quantisation_.scaled, i, &ScaledTensor::tensor);
        const bool isScaled = scaled != quantisation_.scaled.end();
        tensors_.push_back(stored[i]);
        if (isScaled) tensors_.back().dtype = DType::F32;
        origins_.push_back({&stored[i], isScaled ? &*scaled : nullptr});
        sizes.push_back(isScaled ? tensors_.back().byteSize() : 0);
    }
    computed_.emplace(scratch, sizes);
}

DType DequantisedCheckpoint::outputType(std::size_t tensor) const {
    return origins_[tensor].scaled ? DType::BF16 : tensors_[tensor].dtype;
}

const std::byte* DequantisedCheckpoint::bytes(std::size_t tensor) const {
    const auto& [stored, scaled] = origins_[tensor];
    if (!computed_->has(tensor)) return stored->bytes;
    return computed_->bytes(tensor, [&](std::span<std::byte> to) {
        dequantise(*origins_[tensor].stored, *origins_[tensor].scaled, to);
        checkpoint_->check();
    });
}

const MappedFile* DequantisedCheckpoint::file(std::size_t tensor) const {
    return computed_->has(tensor) ? nullptr : checkpoint_->files()[origins_[tensor].stored->file].get();
}

void DequantisedCheckpoint::dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const {
    if (computed_->has(tensor))
        computed_->dropBehind(tensor, begin, end);
    else
        checkpoint_->dropBehind(*origins_[tensor].stored, begin, end);
}

std::vector<std::shared_ptr<const MappedFile>> DequantisedCheckpoint::files() const {
    return {checkpoint_->files().begin(), checkpoint_->files().end()};
}

}  // namespace mergarium
