#pragma once

#include "core/merging/methods/method.h"
#include "core/progress/pieces.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// Elements that are worked on at a time: of several models they stay in the second-level cache.
inline constexpr std::uint64_t kStretch = 16384;
/// Elements that a thread takes at a time.
inline constexpr std::uint64_t kPass = 64 * kStretch;

/// Numbers of its own for the calling thread, by slot; as many as were asked for, uninitialised. A slot's are good
/// until they are asked for again.
std::span<float> threadsFloats(std::size_t slot, std::uint64_t count);
/// Methods have the slots below; a StretchReader uses those from here on.
inline constexpr std::size_t kOwnSlots = 16;

/// Calls work(begin, end) for stretches that tile [begin, end), one after the other.
template <typename Work>
void eachStretch(std::uint64_t begin, std::uint64_t end, Work work) {
    for (; begin < end; begin += kStretch) work(begin, std::min(end, begin + kStretch));
}

/// Calls work(part, begin, end) for pieces that tile [0, count), on several threads, and returns the parts in the order
/// of the pieces: sums over them come out the same however many threads there are.
template <typename Part, typename Work>
std::vector<Part> overPieces(std::uint64_t count, std::size_t threads, const Part& empty, Work work) {
    std::vector<Part> parts(static_cast<std::size_t>((count + kPass - 1) / kPass), empty);
    forEachPiece(parts.size(), threads, [&](std::size_t piece) {
        const auto begin = piece * kPass;
        work(parts[piece], begin, std::min(count, begin + kPass));
    });
    return parts;
}

/// Shows stretches of several inputs side by side, of each less the base's where there is one. For one thread, and one
/// at a time on it.
class StretchReader {
public:
    /// Both must outlive it.
    explicit StretchReader(std::span<const TensorInputs::Model* const> models,
                           const TensorInputs::Model* base = nullptr)
        : models_(models), base_(base), shown_(models.size()) {}

    /// At most kStretch elements.
    void show(std::uint64_t begin, std::uint64_t end);
    std::span<float> of(std::size_t model) const { return shown_[model]; }
    std::span<float> base() const { return baseShown_; }
    std::size_t size() const { return models_.size(); }

private:
    std::span<const TensorInputs::Model* const> models_;
    const TensorInputs::Model* base_;
    std::vector<std::span<float>> shown_;
    std::span<float> baseShown_;
};

/// Sums of products in double precision, in an order that depends on `count` alone.
double innerProductOf(std::span<const float> a, std::span<const float> b);
double sumOfMagnitudes(std::span<const float> a);

}  // namespace mergarium
