#include "core/merging/methods/ranks.h"

#include "core/merging/methods/stretches.h"

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <set>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

/// Of 64 keys.
std::uint64_t plainWord(const std::uint32_t* keys, std::int32_t low, std::int32_t high) {
    std::uint64_t word = 0;
    for (int i = 0; i < 64; ++i) {
        const auto key = static_cast<std::int32_t>(keys[i]);
        word |= static_cast<std::uint64_t>((key > low) & (key < high)) << i;
    }
    return word;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] std::uint64_t wideWord(const std::uint32_t* keys, std::int32_t low, std::int32_t high) {
    const auto lows = _mm256_set1_epi32(low), highs = _mm256_set1_epi32(high);
    std::uint64_t word = 0;
    for (int i = 0; i < 64; i += 8) {
        const auto some = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(keys + i));
        const auto between = _mm256_and_si256(_mm256_cmpgt_epi32(some, lows), _mm256_cmpgt_epi32(highs, some));
        word |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(between))))
                << i;
    }
    return word;
}
const auto kWord = __builtin_cpu_supports("avx2") ? wideWord : plainWord;
#else
const auto kWord = plainWord;
#endif

}  // namespace

std::uint32_t keyOf(float value) { return std::bit_cast<std::uint32_t>(value); }
float valueOf(std::uint32_t key) { return std::bit_cast<float>(key); }

void markBetween(std::span<const std::uint32_t> keys, std::int32_t low, std::int32_t high, std::uint64_t* words) {
    for (; keys.size() >= 64; keys = keys.subspan(64)) *words++ = kWord(keys.data(), low, high);
    if (keys.empty()) return;
    std::array<std::uint32_t, 64> last;
    last.fill(static_cast<std::uint32_t>(low));
    std::ranges::copy(keys, last.begin());
    *words = kWord(last.data(), low, high);
}

namespace {

/// Of so many stretches one is looked at first, to see about where the ranks lie.
constexpr std::uint64_t kSampled = 61;
/// Buckets on either side of where a rank seems to lie.
constexpr std::uint32_t kAround = 1;

/// The buckets in which the ranks seem to lie, and those around them.
std::set<std::uint32_t> likelyBuckets(std::uint64_t count, std::size_t threads, const KeysOf& keysOf,
                                      std::span<const std::uint64_t> ranks) {
    const auto stretches = (count + kStretch - 1) / kStretch;
    const auto every = std::min(kSampled, std::max<std::uint64_t>(1, stretches / 8));
    Histogram sampled(kBuckets);
    std::uint64_t seen = 0;
    std::mutex mutex;
    forEachPiece(static_cast<std::size_t>((stretches + every - 1) / every), threads, [&](std::size_t i) {
        const auto begin = i * every * kStretch, end = std::min(count, begin + kStretch);
        eachKeys(begin, end, keysOf, [&](std::span<const std::uint32_t> keys) {
            const std::lock_guard lock(mutex);
            for (const auto key : keys) ++sampled[key >> 16];
            seen += keys.size();
        });
    });
    std::set<std::uint32_t> likely;
    for (const auto rank : ranks) {
        const auto share = static_cast<double>(rank) / static_cast<double>(count);
        const auto there =
            bucketOf(sampled, std::min(seen - 1, static_cast<std::uint64_t>(share * static_cast<double>(seen)))).first;
        for (auto bucket = there - std::min(there, kAround); bucket <= there + kAround && bucket < kBuckets; ++bucket)
            likely.insert(bucket);
    }
    return likely;
}

/// How many keys lie in each bucket, by their upper halves, and, of the buckets chosen, by their lower halves.
struct Counted {
    std::vector<std::uint32_t> chosen;
    std::vector<Histogram> histograms;

    const Histogram& high() const { return histograms[0]; }
    const Histogram* low(std::uint32_t bucket) const {
        const auto found = std::ranges::find(chosen, bucket);
        return found == chosen.end() ? nullptr : &histograms[1 + static_cast<std::size_t>(found - chosen.begin())];
    }
};

Counted countAll(std::uint64_t count, std::size_t threads, const KeysOf& keysOf,
                 const std::set<std::uint32_t>& chosen) {
    Counted all{.chosen = {chosen.begin(), chosen.end()}, .histograms = {}};
    // Which histogram a bucket's lower halves go to; 0: none.
    std::vector<std::uint8_t> places(kBuckets);
    for (std::size_t i = 0; i < all.chosen.size(); ++i) places[all.chosen[i]] = static_cast<std::uint8_t>(i + 1);
    all.histograms = counted(count, threads, all.chosen.size() + 1, keysOf, [&](auto keys, auto& own) {
        auto* high = own[0].data();
        const auto* place = places.data();
        for (const auto key : keys) {
            const auto bucket = key >> 16;
            ++high[bucket];
            if (place[bucket] != 0) ++own[place[bucket]][key & 0xffff];
        }
    });
    return all;
}

}  // namespace

std::vector<Ranked> elementsAtRanks(std::uint64_t count, std::size_t threads, const KeysOf& keysOf,
                                    std::span<const std::uint64_t> ranks) {
    if (ranks.empty()) return {};
    if (count <= kFew) return bySorting(count, keysOf, ranks);
    auto all = countAll(count, threads, keysOf, likelyBuckets(count, threads, keysOf, ranks));
    std::set<std::uint32_t> needed;
    for (const auto rank : ranks) needed.insert(bucketOf(all.high(), rank).first);
    if (std::ranges::any_of(needed, [&](auto bucket) { return !all.low(bucket); }))
        all = countAll(count, threads, keysOf, needed);
    std::vector<Ranked> found;
    for (const auto rank : ranks) {
        const auto [bucket, before] = bucketOf(all.high(), rank);
        const auto [rest, less] = bucketOf(*all.low(bucket), rank - before);
        found.push_back({(bucket << 16) | rest, before + less});
    }
    return found;
}

}  // namespace mergarium
