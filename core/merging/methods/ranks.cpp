#include "core/merging/methods/ranks.h"

#include "core/merging/methods/stretches.h"

#include <bit>
#include <map>
#include <mutex>

namespace mergarium {
namespace {

/// Below it sorting is quicker than clearing tables.
constexpr std::uint64_t kFew = 1 << 16;
constexpr std::size_t kBuckets = 1 << 16;

using Histogram = std::vector<std::uint64_t>;

void eachKeys(std::uint64_t begin, std::uint64_t end, const KeysOf& keysOf,
              const std::function<void(std::span<const std::uint32_t>)>& use) {
    std::vector<std::uint32_t> keys(static_cast<std::size_t>(std::min(kStretch, end - begin)));
    eachStretch(begin, end, [&](auto from, auto to) {
        const auto some = std::span(keys).first(to - from);
        keysOf(from, some);
        use(some);
    });
}

/// Sums of what `fill` counts in its share of the elements; whole numbers, whose order doesn't matter.
std::vector<Histogram> counted(
    std::uint64_t count, std::size_t threads, std::size_t histograms, const KeysOf& keysOf,
    const std::function<void(std::span<const std::uint32_t>, std::vector<Histogram>&)>& fill) {
    std::vector<Histogram> sums(histograms, Histogram(kBuckets));
    const auto shares = std::clamp<std::uint64_t>(count / kPass, 1, std::max<std::size_t>(1, threads));
    std::mutex mutex;
    forEachPiece(shares, threads, [&](std::size_t share) {
        std::vector<Histogram> own(histograms, Histogram(kBuckets));
        eachKeys(count * share / shares, count * (share + 1) / shares, keysOf,
                 [&](std::span<const std::uint32_t> keys) { fill(keys, own); });
        const std::lock_guard lock(mutex);
        for (std::size_t i = 0; i < histograms; ++i)
            for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) sums[i][bucket] += own[i][bucket];
    });
    return sums;
}

/// The bucket that holds a rank, and how many elements lie in those before it.
std::pair<std::uint32_t, std::uint64_t> bucketOf(const Histogram& histogram, std::uint64_t rank) {
    std::uint64_t before = 0;
    for (std::uint32_t bucket = 0;; ++bucket) {
        if (rank < before + histogram[bucket]) return {bucket, before};
        before += histogram[bucket];
    }
}

std::vector<Ranked> bySorting(std::uint64_t count, const KeysOf& keysOf, std::span<const std::uint64_t> ranks) {
    std::vector<std::uint32_t> sorted;
    sorted.reserve(count);
    eachKeys(0, count, keysOf, [&](auto keys) { sorted.insert(sorted.end(), keys.begin(), keys.end()); });
    std::ranges::sort(sorted);
    std::vector<Ranked> found;
    for (const auto rank : ranks) {
        const auto key = sorted[rank];
        found.push_back({key, static_cast<std::uint64_t>(std::ranges::lower_bound(sorted, key) - sorted.begin())});
    }
    return found;
}

}  // namespace

std::uint32_t keyOf(float value) { return std::bit_cast<std::uint32_t>(value); }
float valueOf(std::uint32_t key) { return std::bit_cast<float>(key); }

std::vector<Ranked> elementsAtRanks(std::uint64_t count, std::size_t threads, const KeysOf& keysOf,
                                    std::span<const std::uint64_t> ranks) {
    if (ranks.empty()) return {};
    if (count <= kFew) return bySorting(count, keysOf, ranks);
    const auto high = counted(count, threads, 1, keysOf, [](auto keys, auto& own) {
                          for (const auto key : keys) ++own[0][key >> 16];
                      }).front();
    // Each bucket once, by which histogram counts it.
    std::map<std::uint32_t, std::size_t> wanted;
    for (const auto rank : ranks) wanted.emplace(bucketOf(high, rank).first, wanted.size());
    const auto low = counted(count, threads, wanted.size(), keysOf, [&](auto keys, auto& own) {
        for (const auto& [bucket, histogram] : wanted)
            for (const auto key : keys)
                if (key >> 16 == bucket) ++own[histogram][key & 0xffff];
    });
    std::vector<Ranked> found;
    for (const auto rank : ranks) {
        const auto [bucket, before] = bucketOf(high, rank);
        const auto [rest, less] = bucketOf(low[wanted.at(bucket)], rank - before);
        found.push_back({(bucket << 16) | rest, before + less});
    }
    return found;
}

}  // namespace mergarium
