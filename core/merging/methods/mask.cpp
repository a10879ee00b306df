#include "core/merging/methods/mask.h"

#include "core/merging/methods/stretches.h"

#include <array>
#include <bit>
#include <limits>

namespace mergarium {
namespace {

constexpr std::uint64_t kMostInMemory = 16 << 20;

/// The bits of a byte as numbers.
constexpr auto kOnes = [] {
    std::array<std::array<float, 8>, 256> ones{};
    for (std::size_t byte = 0; byte < 256; ++byte)
        for (std::size_t bit = 0; bit < 8; ++bit) ones[byte][bit] = (byte >> bit) & 1 ? 1.0f : 0.0f;
    return ones;
}();

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
        for (std::size_t j = 0; j < 8; ++j) {
            const auto& eight = kOnes[(bits >> (8 * j)) & 0xff];
            auto* own = values.data() + i + 8 * j;
            for (std::size_t k = 0; k < 8; ++k) own[k] *= eight[k] * factor;
        }
    }
    for (; i < values.size(); ++i) values[i] = has(begin + i) ? values[i] * factor : 0.0f;
}

namespace {

/// Elements of one key among which a border lies: of those, in order, the ones below `from` and from `to` on are not
/// kept.
struct Equals {
    std::uint32_t key = 0;
    std::uint64_t from = 0, to = 0;
};

/// Clears all bits but those of the set ones that have numbers [from, to), counted from the lowest, `before` being the
/// number of the first.
std::uint64_t numbered(std::uint64_t bits, std::uint64_t before, std::uint64_t from, std::uint64_t to) {
    const auto count = static_cast<std::uint64_t>(std::popcount(bits));
    if (before >= from && before + count <= to) return bits;
    if (before + count <= from || before >= to) return 0;
    std::uint64_t kept = 0;
    for (auto number = before; bits != 0; bits &= bits - 1, ++number)
        if (number >= from && number < to) kept |= bits & (0 - bits);
    return kept;
}

}  // namespace

void keepRanks(Mask& mask, std::uint64_t count, const RankReading& how, std::uint64_t first, std::uint64_t last) {
    if (first >= last) return;
    std::vector<std::uint64_t> ranks{first};
    if (last < count) ranks.push_back(last);
    const auto found = elementsAtRanks(count, how.threads, how.keysOf, ranks);
    constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
    std::vector<Equals> borders{{.key = found[0].key, .from = first - found[0].less, .to = kAll}};
    const bool hasUpper = last < count;
    if (hasUpper && found[1].key == found[0].key)
        borders[0].to = last - found[1].less;
    else if (hasUpper)
        borders.push_back({.key = found[1].key, .from = 0, .to = last - found[1].less});
    const auto low = static_cast<std::int32_t>(found[0].key);
    const auto high = hasUpper ? static_cast<std::int32_t>(found[1].key) : std::numeric_limits<std::int32_t>::max();

    // What lies between the borders; and apart from it what lies on them.
    std::vector<Mask> equals;
    for (std::size_t i = 0; i < borders.size(); ++i) equals.emplace_back(count, how.scratch);
    const auto counts = overPieces(
        count, how.threads, std::array<std::uint64_t, 2>{}, [&](auto& part, std::uint64_t begin, std::uint64_t end) {
            std::vector<std::uint32_t> keys(kStretch);
            eachStretch(begin, end, [&](std::uint64_t from, std::uint64_t to) {
                const auto some = std::span(keys).first(to - from);
                how.keysOf(from, some);
                markBetween(some, low, high, &mask.word(from / 64));
                for (std::size_t k = 0; k < borders.size(); ++k) {
                    const auto key = static_cast<std::int32_t>(borders[k].key);
                    markBetween(some, key - 1, key + 1, &equals[k].word(from / 64));
                }
            });
            for (std::size_t k = 0; k < borders.size(); ++k)
                for (auto word = begin / 64; word < (end + 63) / 64; ++word)
                    part[k] += static_cast<std::uint64_t>(std::popcount(equals[k].word(word)));
        });
    std::vector<std::array<std::uint64_t, 2>> starts(1);
    for (const auto& part : counts) starts.push_back({starts.back()[0] + part[0], starts.back()[1] + part[1]});
    forEachPiece(counts.size(), how.threads, [&](std::size_t piece) {
        const auto begin = piece * kPass, end = std::min(count, begin + kPass);
        for (std::size_t k = 0; k < borders.size(); ++k) {
            auto before = starts[piece][k];
            for (auto word = begin / 64; word < (end + 63) / 64; ++word) {
                const auto bits = equals[k].word(word);
                mask.word(word) |= numbered(bits, before, borders[k].from, borders[k].to);
                before += static_cast<std::uint64_t>(std::popcount(bits));
            }
        }
    });
}

}  // namespace mergarium
