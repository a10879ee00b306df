#include "core/networks/decoder/library_batch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace mergarium {

torch::Tensor onDevice(const std::vector<std::int64_t>& values, torch::Device device) {
    return torch::tensor(values).to(device);
}

Batch::Batch(std::span<const Piece> all, const KeyValueCache& cache, std::span<const Rotary> ropes,
             torch::Device device)
    : pieces(static_cast<std::int64_t>(all.size())) {
    for (const auto& piece : all) {
        const auto count = static_cast<std::int64_t>(piece.tokens.size());
        longest = std::max(longest, count);
        keys = std::max(keys, piece.position + count);
    }
    std::vector<std::int64_t> token, slot, place, packedOf, paddedOf, position, packedPosition, countOf, beginOf;
    std::vector<std::size_t> piecesOfTokens;
    for (const auto& piece : all) {
        const auto row = static_cast<std::int64_t>(slot.size());
        if (piece.slot != row) slotsInOrder = false;
        slot.push_back(piece.slot);
        const auto first = static_cast<std::int64_t>(token.size());
        const auto count = static_cast<std::int64_t>(piece.tokens.size());
        countOf.push_back(count);
        beginOf.push_back(piece.position == 0 ? 1 : 0);
        for (std::int64_t i = 0; i < longest; ++i) {
            packedOf.push_back(i < count ? first + i : first);
            position.push_back(i < count ? piece.position + i : piece.position);
            if (i >= count) continue;
            token.push_back(piece.tokens[static_cast<std::size_t>(i)]);
            place.push_back(piece.slot * cache.capacity + piece.position + i);
            paddedOf.push_back(row * longest + i);
            packedPosition.push_back(piece.position + i);
            piecesOfTokens.push_back(static_cast<std::size_t>(row));
        }
    }
    tokens = onDevice(token, device);
    slots = onDevice(slot, device);
    places = onDevice(place, device);
    packed = onDevice(packedOf, device);
    padded = onDevice(paddedOf, device);
    positions = onDevice(position, device).view({pieces, longest});
    counts = onDevice(countOf, device);
    begins = onDevice(beginOf, device).to(torch::kBool);
    packedPositions = onDevice(packedPosition, device);
    for (const auto& rope : ropes) {
        std::vector<float> frequencies;
        for (const auto piece : rope.shortest > 0 ? piecesOfTokens : std::vector<std::size_t>{0}) {
            const auto& those = rope.frequenciesFor(all[piece].textLength());
            frequencies.insert(frequencies.end(), those.begin(), those.end());
        }
        const auto pairs = static_cast<std::int64_t>(rope.frequencies.size());
        const auto angles = packedPositions.to(torch::kFloat32).view({-1, 1, 1}) *
                            torch::tensor(frequencies).to(device).view({-1, 1, pairs});
        cosines.push_back(angles.cos() * rope.scale);
        sines.push_back(angles.sin() * rope.scale);
    }
}

const torch::Tensor& Batch::mask(std::int64_t window, std::int64_t group, torch::ScalarType type) {
    auto& mask = masks_[{window, group}];
    if (mask.defined()) return mask;
    const auto own = positions.view({pieces, 1, longest, 1});
    const auto other = at::arange(keys, positions.options());
    auto hidden = other > own;
    if (window > 0) hidden = hidden.logical_or(other <= own - window);
    mask = at::zeros({pieces, 1, longest, keys}, positions.options().dtype(type))
               .masked_fill(hidden, -std::numeric_limits<double>::infinity())
               .repeat({1, 1, group, 1});
    return mask;
}

torch::Tensor Batch::laidOut(const torch::Tensor& ofTokens) const {
    return ofTokens.index_select(0, packed).unflatten(0, {pieces, longest});
}

torch::Tensor Batch::packedAgain(const torch::Tensor& ofPieces) const {
    return ofPieces.flatten(0, 1).index_select(0, padded);
}

torch::Tensor Batch::rowsOf(const torch::Tensor& cached) const {
    return slotsInOrder ? cached.narrow(0, 0, pieces) : cached.index_select(0, slots);
}

}  // namespace mergarium
