#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace mergarium {

/// Fills `keys` with those of elements [begin, begin + keys.size()), at most kStretch. From several threads.
using KeysOf = std::function<void(std::uint64_t begin, std::span<std::uint32_t> keys)>;

/// The key of a number that is no NaN and not negative: keys are ordered as the numbers are.
std::uint32_t keyOf(float value);
float valueOf(std::uint32_t key);

/// Bits of words, the lowest first: whether a key lies between `low` and `high`, neither included. Keys are below 2^31;
/// the last word's bits beyond them are 0.
void markBetween(std::span<const std::uint32_t> keys, std::int32_t low, std::int32_t high, std::uint64_t* words);

/// The element of a rank, counted from 0 in ascending order of keys.
struct Ranked {
    std::uint32_t key = 0;
    /// Of all elements.
    std::uint64_t less = 0;
};

/// Of each rank below `count`. Reads the keys once, and a small part of them before; where that part misleads, once
/// more. Exact.
std::vector<Ranked> elementsAtRanks(std::uint64_t count, std::size_t threads, const KeysOf& keysOf,
                                    std::span<const std::uint64_t> ranks);

}  // namespace mergarium
