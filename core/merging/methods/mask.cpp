#include "core/merging/methods/mask.h"

#include "core/merging/methods/stretches.h"

#include <optional>

namespace mergarium {
namespace {

constexpr std::uint64_t kMostInMemory = 16 << 20;

/// Where kept ranks begin or end: elements of this key have ranks on either side.
struct Border {
    std::uint32_t key = 0;
    /// So many of the elements of this key lie before it.
    std::uint64_t before = 0;
};

std::span<std::uint32_t> threadsKeys(std::uint64_t count) {
    thread_local std::vector<std::uint32_t> keys(kStretch);
    return std::span(keys).first(count);
}

}  // namespace

Mask::Mask(std::uint64_t count, const std::filesystem::path& scratch) {
    const auto words = (count + 63) / 64;
    if (words * 8 <= kMostInMemory) {
        own_.resize(words);
        words_ = own_.data();
    } else {
        scratch_ = std::make_unique<ScratchMemory>(scratch, words * 8);
        words_ = reinterpret_cast<std::uint64_t*>(scratch_->claim(0, words * 8).data());
    }
}

void Mask::apply(std::uint64_t begin, std::span<float> values, float factor) const {
    std::size_t i = 0;
    for (; i < values.size() && (begin + i) % 64 != 0; ++i) values[i] = has(begin + i) ? values[i] * factor : 0.0f;
    for (; i + 64 <= values.size(); i += 64) {
        const auto bits = words_[(begin + i) / 64];
        for (std::size_t j = 0; j < 64; ++j) values[i + j] = (bits >> j) & 1 ? values[i + j] * factor : 0.0f;
    }
    for (; i < values.size(); ++i) values[i] = has(begin + i) ? values[i] * factor : 0.0f;
}

void keepRanks(Mask& mask, std::uint64_t count, std::size_t threads, const KeysOf& keysOf, std::uint64_t first,
               std::uint64_t last) {
    if (first >= last) return;
    std::vector<std::uint64_t> ranks{first};
    if (last < count) ranks.push_back(last);
    const auto found = elementsAtRanks(count, threads, keysOf, ranks);
    const Border lower{found[0].key, first - found[0].less};
    const auto upper = last < count ? std::optional(Border{found[1].key, last - found[1].less}) : std::nullopt;
    // Elements between the borders' keys; how many there are of these keys, piece by piece.
    const auto parts = overPieces(
        count, threads, std::pair<std::uint64_t, std::uint64_t>{},
        [&](auto& part, std::uint64_t begin, std::uint64_t end) {
            eachStretch(begin, end, [&](std::uint64_t from, std::uint64_t to) {
                const auto keys = threadsKeys(to - from);
                keysOf(from, keys);
                const auto low = lower.key, high = upper ? upper->key : 0xffffffffu;
                mask.set(from, to, [&](std::size_t i) { return keys[i] > low && (!upper || keys[i] < high); });
                for (const auto key : keys) part.first += key == low;
                for (const auto key : keys) part.second += upper && key == high;
            });
        });
    // Which of the borders' elements are kept: their numbers among those of the same key.
    struct Start {
        std::uint64_t low = 0, high = 0;
    };
    std::vector<Start> starts{{}};
    for (const auto& [low, high] : parts) starts.push_back({starts.back().low + low, starts.back().high + high});
    forEachPiece(parts.size(), threads, [&](std::size_t piece) {
        const auto begin = piece * kPass, end = std::min(count, begin + kPass);
        auto [low, high] = starts[piece];
        const bool lowMatters = starts[piece + 1].low > lower.before && parts[piece].first > 0;
        const bool highMatters = upper && high < upper->before && parts[piece].second > 0;
        if (!lowMatters && !highMatters) return;
        eachStretch(begin, end, [&](std::uint64_t from, std::uint64_t to) {
            const auto keys = threadsKeys(to - from);
            keysOf(from, keys);
            for (std::size_t i = 0; i < keys.size(); ++i) {
                const bool isLow = keys[i] == lower.key, isHigh = upper && keys[i] == upper->key;
                const bool afterLow = !isLow || low++ >= lower.before, beforeHigh = !isHigh || high++ < upper->before;
                if ((isLow || isHigh) && afterLow && beforeHigh) mask.add(from + i);
            }
        });
    });
}

}  // namespace mergarium
