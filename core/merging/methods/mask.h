#pragma once

#include "core/files/scratch_memory.h"
#include "core/merging/methods/ranks.h"

#include <cstdint>
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
            std::uint64_t bits = 0;
            const auto count = std::min<std::uint64_t>(64, end - word);
            for (std::uint64_t i = 0; i < count; ++i)
                bits |= std::uint64_t{keep(static_cast<std::size_t>(word - begin + i))} << i;
            words_[word / 64] = bits;
        }
    }
    bool has(std::uint64_t element) const { return (words_[element / 64] >> (element % 64)) & 1; }
    void add(std::uint64_t element) { words_[element / 64] |= std::uint64_t{1} << (element % 64); }
    /// Makes zeros of the values of elements from `begin` on that aren't kept; the others are multiplied.
    void apply(std::uint64_t begin, std::span<float> values, float factor = 1.0f) const;

private:
    std::vector<std::uint64_t> own_;
    std::unique_ptr<ScratchMemory> scratch_;
    std::uint64_t* words_ = nullptr;
};

/// Keeps elements of ranks [first, last) in ascending order of keys; of equal ones, those that come first in the tensor
/// have the lower ranks. Reads keys three to four times.
void keepRanks(Mask& mask, std::uint64_t count, std::size_t threads, const KeysOf& keysOf, std::uint64_t first,
               std::uint64_t last);

}  // namespace mergarium
