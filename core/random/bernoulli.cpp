#include "core/random/bernoulli.h"

#include "core/random/philox.h"
#include "core/random/random_stream.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mergarium {
namespace {

/// Blocks of four positions that are drawn side by side, so that the compiler makes vectors of them.
constexpr std::size_t kSide = 8;

[[gnu::always_inline]] inline void drawBlocks(const MaskStream& stream, std::uint64_t block, std::size_t blocks,
                                              std::uint32_t* out) {
    std::array<std::uint32_t, kSide> a, b, c, d;
    for (std::size_t done = 0; done < blocks; done += kSide) {
        for (std::size_t i = 0; i < kSide; ++i) {
            // The highest bits of a position's block lie above those of the model's number, which are few.
            a[i] = static_cast<std::uint32_t>(block + done + i);
            b[i] = stream.tensor;
            c[i] = stream.model | (static_cast<std::uint32_t>((block + done + i) >> 32) << 16);
            d[i] = static_cast<std::uint32_t>(Purpose::MergeMask);
        }
        auto key0 = static_cast<std::uint32_t>(stream.seed), key1 = static_cast<std::uint32_t>(stream.seed >> 32);
        for (int round = 0; round < 10; ++round) {
            for (std::size_t i = 0; i < kSide; ++i) {
                const std::uint64_t left = std::uint64_t{0xD2511F53} * a[i];
                const std::uint64_t right = std::uint64_t{0xCD9E8D57} * c[i];
                a[i] = static_cast<std::uint32_t>(right >> 32) ^ b[i] ^ key0;
                c[i] = static_cast<std::uint32_t>(left >> 32) ^ d[i] ^ key1;
                b[i] = static_cast<std::uint32_t>(right);
                d[i] = static_cast<std::uint32_t>(left);
            }
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }
        for (std::size_t i = 0; i < kSide; ++i) {
            auto* four = out + 4 * (done + i);
            four[0] = a[i];
            four[1] = b[i];
            four[2] = c[i];
            four[3] = d[i];
        }
    }
}

using Draw = void (*)(const MaskStream&, std::uint64_t, std::size_t, std::uint32_t*);

void drawPlain(const MaskStream& stream, std::uint64_t block, std::size_t blocks, std::uint32_t* out) {
    drawBlocks(stream, block, blocks, out);
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] void drawWide(const MaskStream& stream, std::uint64_t block, std::size_t blocks,
                                      std::uint32_t* out) {
    drawBlocks(stream, block, blocks, out);
}
const Draw kDraw = __builtin_cpu_supports("avx2") ? drawWide : drawPlain;
#else
const Draw kDraw = drawPlain;
#endif

}  // namespace

void drawMaskBits(const MaskStream& stream, std::uint64_t begin, std::span<std::uint32_t> out) {
    constexpr std::uint64_t kAtOnce = 4 * kSide;
    std::array<std::uint32_t, kAtOnce> some;
    while (!out.empty()) {
        const auto within = begin % kAtOnce;
        if (within == 0 && out.size() >= kAtOnce) {
            const auto count = out.size() / kAtOnce * kAtOnce;
            kDraw(stream, begin / 4, count / 4, out.data());
            begin += count;
            out = out.subspan(count);
            continue;
        }
        const auto count = std::min<std::uint64_t>(kAtOnce - within, out.size());
        kDraw(stream, (begin - within) / 4, kSide, some.data());
        std::copy_n(some.begin() + static_cast<std::ptrdiff_t>(within), count, out.begin());
        begin += count;
        out = out.subspan(count);
    }
}

std::uint64_t thresholdOf(double probability) {
    return static_cast<std::uint64_t>(std::llround(std::clamp(probability, 0.0, 1.0) * 0x1p32));
}

}  // namespace mergarium
