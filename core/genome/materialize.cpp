#include "core/genome/materialize.h"

#include "core/founders/founder_window.h"
#include "core/genome/accumulate.h"
#include "core/parallel/parallel_for.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace mergarium {
namespace {

/// Sums accumulated at a time: they stay in the first-level cache while founder after founder is added.
constexpr std::size_t kPiece = 2048;
constexpr std::uint64_t kPerTask = 1 << 16;

/// Calls `visit(coefficients, begin, count)` for every stretch of [begin, end) within one span.
template <typename Visit>
void forEachSpan(const Recipe& recipe, std::uint64_t begin, std::uint64_t end, Visit&& visit) {
    auto span = static_cast<std::size_t>(std::ranges::upper_bound(recipe.ends, begin) - recipe.ends.begin());
    for (; begin < end; ++span) {
        const auto until = std::min(end, recipe.ends[span]);
        visit(recipe.of(span), begin, until - begin);
        begin = until;
    }
}

/// Sums a piece of a window in fp32, founder by founder.
void mix(const FounderWindow& window, std::span<const float> coefficients, std::uint64_t offset,
         std::span<float> sums) {
    if (coefficients.empty()) {
        std::ranges::fill(sums, 0.0f);
        return;
    }
    scaleInto(window.dtype(0), window.bytes(0, offset), coefficients[0], sums);
    for (std::size_t i = 1; i < coefficients.size(); ++i)
        addScaled(window.dtype(i), window.bytes(i, offset), coefficients[i], sums);
}

/// Calls `visit(window, coefficients, begin, count)` for one window after the other of [begin, end), each within one
/// span, with the founders that contribute to it and their coefficients.
template <typename Visit>
void forEachWindow(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::uint64_t end,
                   Visit&& visit) {
    FounderWindow window(founders);
    std::vector<std::size_t> involved;
    std::vector<float> coefficients;
    forEachSpan(recipe, begin, end, [&](std::span<const double> all, std::uint64_t at, std::uint64_t count) {
        involved.clear();
        coefficients.clear();
        for (std::size_t k = 0; k < all.size(); ++k) {
            if (all[k] == 0.0) continue;
            involved.push_back(k);
            coefficients.push_back(static_cast<float>(all[k]));
        }
        while (count > 0) {
            const auto shown = window.show(involved, at, count);
            visit(window, std::span<const float>(coefficients), at, shown);
            at += shown;
            count -= shown;
        }
    });
}

/// Calls work(begin, count) for stretches of the whole, on all threads.
template <typename Work>
void forTasks(std::uint64_t length, const Work& work) {
    parallelFor((length + kPerTask - 1) / kPerTask, [&](std::size_t first, std::size_t last) {
        const auto begin = first * kPerTask;
        work(begin, std::min<std::uint64_t>(length, last * kPerTask) - begin);
    });
}

}  // namespace

void materializeRange(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::span<float> out) {
    forEachWindow(
        recipe, founders, begin, begin + out.size(),
        [&](const FounderWindow& window, std::span<const float> coefficients, std::uint64_t at, std::uint64_t count) {
            for (std::uint64_t done = 0; done < count; done += kPiece)
                mix(window, coefficients, done,
                    out.subspan(at + done - begin, std::min<std::uint64_t>(kPiece, count - done)));
        });
}

void materializeAs(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::uint64_t count,
                   DType dtype, std::byte* out) {
    const auto size = sizeOf(dtype);
    std::array<float, kPiece> sums;
    forEachWindow(
        recipe, founders, begin, begin + count,
        [&](const FounderWindow& window, std::span<const float> coefficients, std::uint64_t at, std::uint64_t number) {
            auto* const to = out + (at - begin) * size;
            if (coefficients.size() == 1 && coefficients[0] == 1.0f && window.dtype(0) == dtype) {
                std::memcpy(to, window.bytes(0), number * size);
                return;
            }
            for (std::uint64_t done = 0; done < number; done += kPiece) {
                const auto piece = std::span(sums).first(std::min<std::uint64_t>(kPiece, number - done));
                mix(window, coefficients, done, piece);
                fromFloats(dtype, piece, to + done * size);
            }
        });
}

void materializeAll(const Recipe& recipe, const Founders& founders, std::span<float> out) {
    forTasks(out.size(), [&](std::uint64_t begin, std::uint64_t count) {
        materializeRange(recipe, founders, begin, out.subspan(begin, count));
    });
}

void materializeAllAs(const Recipe& recipe, const Founders& founders, DType dtype, std::byte* out) {
    forTasks(recipe.length(), [&](std::uint64_t begin, std::uint64_t count) {
        materializeAs(recipe, founders, begin, count, dtype, out + begin * sizeOf(dtype));
    });
}

}  // namespace mergarium
