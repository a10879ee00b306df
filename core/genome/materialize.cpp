#include "core/genome/materialize.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

namespace mergarium {
namespace {

/// Numbers converted at a time: they stay in the first-level cache between reading and adding.
constexpr std::size_t kPiece = 2048;
constexpr std::uint64_t kPerTask = 1 << 16;

void addFounder(const Founders& founders, std::size_t founder, std::uint64_t begin, float coefficient, bool first, std::span<float> out) {
    std::array<float, kPiece> piece;
    for (std::size_t done = 0; done < out.size(); done += kPiece) {
        const auto part = out.subspan(done, std::min(kPiece, out.size() - done));
        if (first && coefficient == 1.0f) {
            founders.read(founder, begin + done, part);
            continue;
        }
        founders.read(founder, begin + done, std::span(piece).first(part.size()));
        if (first)
            for (std::size_t i = 0; i < part.size(); ++i) part[i] = coefficient * piece[i];
        else
            for (std::size_t i = 0; i < part.size(); ++i) part[i] += coefficient * piece[i];
    }
}

void fillSpan(std::span<const double> coefficients, const Founders& founders, std::uint64_t begin, std::span<float> out) {
    // Piece by piece, so that what one founder wrote is still in the cache when the next adds to it.
    for (std::size_t done = 0; done < out.size(); done += kPiece) {
        const auto part = out.subspan(done, std::min(kPiece, out.size() - done));
        bool first = true;
        for (std::size_t k = 0; k < coefficients.size(); ++k) {
            if (coefficients[k] == 0.0) continue;
            addFounder(founders, k, begin + done, static_cast<float>(coefficients[k]), first, part);
            first = false;
        }
        if (first) std::ranges::fill(part, 0.0f);
    }
}

}  // namespace

void materializeRange(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::span<float> out) {
    auto span = static_cast<std::size_t>(std::ranges::upper_bound(recipe.ends, begin) - recipe.ends.begin());
    while (!out.empty()) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), recipe.ends[span] - begin));
        fillSpan(recipe.of(span), founders, begin, out.first(count));
        out = out.subspan(count);
        begin += count;
        ++span;
    }
}

void materializeAll(const Recipe& recipe, const Founders& founders, std::span<float> out) {
    const auto tasks = (out.size() + kPerTask - 1) / kPerTask;
    at::parallel_for(0, static_cast<std::int64_t>(tasks), 1, [&](std::int64_t first, std::int64_t last) {
        const auto begin = static_cast<std::uint64_t>(first) * kPerTask;
        const auto end = std::min<std::uint64_t>(out.size(), static_cast<std::uint64_t>(last) * kPerTask);
        materializeRange(recipe, founders, begin, out.subspan(begin, end - begin));
    });
}

}  // namespace mergarium
