#pragma once

#include "core/files/scratch_memory.h"
#include "core/merging/methods/ranks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace mergarium {

/// Which elements of a tensor are kept: a bit each. In memory, or where it is large in a nameless file. Stretches that
/// begin at multiples of 64 may be written from distinct threads.
class Mask {
public:
    /// Nothing is kept. Throws as ScratchMemory.
    Mask(std::uint64_t count, const std::filesystem::path& scratch);

    /// `keep(i)` for each i below `end - begin`: whether element begin + i is kept.
    template <typename Keep>
    void set(std::uint64_t begin, std::uint64_t end, Keep keep) {
        for (auto word = begin; word < end; word += 64) {
            // Flags first, which the compiler makes vectors of; then eight of them at a time become a byte.
            std::array<std::uint8_t, 64> flags{};
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(64, end - word));
            const auto first = static_cast<std::size_t>(word - begin);
            if (count == 64)
                for (std::size_t i = 0; i < 64; ++i) flags[i] = keep(first + i) ? 1 : 0;
            else
                for (std::size_t i = 0; i < count; ++i) flags[i] = keep(first + i) ? 1 : 0;
            std::uint64_t bits = 0;
            for (std::size_t i = 0; i < 8; ++i) {
                std::uint64_t eight;
                std::memcpy(&eight, flags.data() + 8 * i, sizeof eight);
                bits |= ((eight * 0x0102040810204080u) >> 56) << (8 * i);
            }
            words_[word / 64] = bits;
        }
    }
    bool has(std::uint64_t element) const { return (words_[element / 64] >> (element % 64)) & 1; }
    /// Elements 64 w to 64 w + 63.
    std::uint64_t& word(std::uint64_t w) { return words_[w]; }
    void add(std::uint64_t element) { words_[element / 64] |= std::uint64_t{1} << (element % 64); }
    /// Makes zeros of the values of elements from `begin` on that aren't kept; the others are multiplied.
    void apply(std::uint64_t begin, std::span<float> values, float factor = 1.0f) const;

private:
    std::vector<std::uint64_t> own_;
    std::unique_ptr<ScratchMemory> scratch_;
    std::uint64_t* words_ = nullptr;
};

struct RankReading {
    const KeysOf& keysOf;
    std::size_t threads = 1;
    /// As of Mask.
    const std::filesystem::path& scratch;
};

/// Keeps elements of ranks [first, last) in ascending order of keys; of equal ones, those that come first in the tensor
/// have the lower ranks. Reads keys twice, and a small part of them once more.
void keepRanks(Mask& mask, std::uint64_t count, const RankReading& how, std::uint64_t first, std::uint64_t last);

}  // namespace mergarium
