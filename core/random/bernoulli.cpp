#include "core/random/bernoulli.h"

#include "core/random/philox.h"
#include "core/random/random_stream.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace mergarium {
namespace {

/// Blocks that are drawn side by side, as gaussian_noise.cpp does it.
constexpr std::size_t kSide = 64;
using Drawn = std::array<std::array<std::uint32_t, kSide>, 4>;
/// What is drawn where the upper halves don't decide is drawn of blocks of their own.
constexpr std::uint32_t kLowerHalves = 1u << 15;

std::uint32_t thirdWord(const MaskStream& stream, std::uint64_t block) {
    return stream.model | (static_cast<std::uint32_t>(block >> 32) << 16);
}

/// Philox4x32-10 of kSide blocks from `first` on, a multiple of kSide.
[[gnu::always_inline]] inline void drawInto(const MaskStream& stream, std::uint64_t first, Drawn& out) {
    auto& [a, b, c, d] = out;
    const auto low = static_cast<std::uint32_t>(first), third = thirdWord(stream, first);
    for (std::size_t i = 0; i < kSide; ++i) {
        a[i] = low + static_cast<std::uint32_t>(i);
        b[i] = stream.tensor;
        c[i] = third;
        d[i] = static_cast<std::uint32_t>(Purpose::MergeMask);
    }
    auto key0 = static_cast<std::uint32_t>(stream.seed), key1 = static_cast<std::uint32_t>(stream.seed >> 32);
    for (int round = 0; round < 10; ++round) {
        for (std::size_t i = 0; i < kSide; ++i) {
            const std::uint64_t left = std::uint64_t{0xD2511F53} * a[i];
            const std::uint64_t right = std::uint64_t{0xCD9E8D57} * c[i];
            a[i] = static_cast<std::uint32_t>(right >> 32) ^ b[i] ^ key0;
            b[i] = static_cast<std::uint32_t>(right);
            c[i] = static_cast<std::uint32_t>(left >> 32) ^ d[i] ^ key1;
            d[i] = static_cast<std::uint32_t>(left);
        }
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
}

using Draw = void (*)(const MaskStream&, std::uint64_t, Drawn&);

void drawPlain(const MaskStream& stream, std::uint64_t first, Drawn& out) { drawInto(stream, first, out); }
#if defined(__x86_64__)
[[gnu::target("avx2")]] void drawWide(const MaskStream& stream, std::uint64_t first, Drawn& out) {
    drawInto(stream, first, out);
}
const Draw kDraw = __builtin_cpu_supports("avx2") ? drawWide : drawPlain;
#else
const Draw kDraw = drawPlain;
#endif

/// Whether a position whose upper half is that of the threshold is kept all the same.
bool lowerHalfKeeps(const MaskStream& stream, std::uint64_t position, std::uint32_t lower) {
    auto rest = stream;
    rest.model |= kLowerHalves;
    const auto drawn = philox({static_cast<std::uint32_t>(position), rest.tensor, thirdWord(rest, position),
                               static_cast<std::uint32_t>(Purpose::MergeMask)},
                              {static_cast<std::uint32_t>(rest.seed), static_cast<std::uint32_t>(rest.seed >> 32)});
    return (drawn[0] >> 16) < lower;
}

}  // namespace

std::uint64_t thresholdOf(double probability) {
    return static_cast<std::uint64_t>(std::llround(std::clamp(probability, 0.0, 1.0) * 0x1p32));
}

void drawKept(const MaskStream& stream, double probability, std::uint64_t begin, std::span<std::uint8_t> out) {
    constexpr std::size_t kGroup = 8 * kSide;
    const auto threshold = thresholdOf(probability);
    if (threshold >> 32 != 0) {
        std::ranges::fill(out, std::uint8_t{1});
        return;
    }
    const auto upper = static_cast<std::uint16_t>(threshold >> 16);
    const auto lower = static_cast<std::uint32_t>(threshold & 0xffff);
    Drawn drawn;
    std::array<std::uint16_t, kGroup> halves;
    std::array<std::uint8_t, kGroup> kept;
    for (std::size_t done = 0; done < out.size(); done += kGroup) {
        kDraw(stream, (begin + done) / 8, drawn);
        static_assert(sizeof halves == sizeof drawn);
        std::memcpy(halves.data(), drawn.data(), sizeof halves);
        std::uint32_t undecided = 0;
        for (std::size_t i = 0; i < kGroup; ++i) kept[i] = halves[i] < upper ? 1 : 0;
        for (std::size_t i = 0; i < kGroup; ++i) undecided += halves[i] == upper ? 1 : 0;
        if (undecided > 0)
            for (std::size_t i = 0; i < kGroup; ++i)
                if (halves[i] == upper) kept[i] = lowerHalfKeeps(stream, begin + done + i, lower) ? 1 : 0;
        std::copy_n(kept.begin(), std::min(kGroup, out.size() - done), out.begin() + static_cast<std::ptrdiff_t>(done));
    }
}

void drawMaskBits(const MaskStream& stream, std::uint64_t begin, std::span<std::uint32_t> out) {
    constexpr std::size_t kGroup = 4 * kSide;
    Drawn drawn;
    while (!out.empty()) {
        const auto within = static_cast<std::size_t>(begin % kGroup);
        const auto count = std::min(kGroup - within, out.size());
        kDraw(stream, begin / kGroup * kSide, drawn);
        for (std::size_t i = 0; i < count; ++i) out[i] = drawn[(within + i) / kSide][(within + i) % kSide];
        begin += count;
        out = out.subspan(count);
    }
}

}  // namespace mergarium
