#include "core/genome/materialize.h"

#include "core/genome/accumulate.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace mergarium {
namespace {

/// Sums that are in the making at a time: they stay in the first-level cache while founder after founder is added.
constexpr std::size_t kPiece = 2048;
constexpr std::uint64_t kPerTask = 1 << 16;

void addFounder(const Founders& founders, std::size_t founder, std::uint64_t begin, float coefficient, bool first,
                std::span<float> sums) {
    for (const auto* segment = &founders.segmentAt(founder, begin); !sums.empty(); ++segment) {
        const auto offset = begin - segment->begin;
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(sums.size(), segment->count - offset));
        const auto* bytes = segment->bytes + offset * sizeOf(segment->dtype);
        (first ? scaleInto : addScaled)(segment->dtype, bytes, coefficient, sums.first(count));
        sums = sums.subspan(count);
        begin += count;
    }
}

/// One piece within one span.
void mix(std::span<const double> coefficients, const Founders& founders, std::uint64_t begin, std::span<float> sums) {
    bool first = true;
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
        if (coefficients[k] == 0.0) continue;
        addFounder(founders, k, begin, static_cast<float>(coefficients[k]), first, sums);
        first = false;
    }
    if (first) std::ranges::fill(sums, 0.0f);
}

/// Calls `visit(span, begin, count)` for every stretch of [begin, end) within one span.
template <typename Visit>
void forEachSpan(const Recipe& recipe, std::uint64_t begin, std::uint64_t end, Visit&& visit) {
    auto span = static_cast<std::size_t>(std::ranges::upper_bound(recipe.ends, begin) - recipe.ends.begin());
    for (; begin < end; ++span) {
        const auto until = std::min(end, recipe.ends[span]);
        visit(recipe.of(span), begin, until - begin);
        begin = until;
    }
}

/// The founder that a span is a copy of.
std::optional<std::size_t> onlyFounder(std::span<const double> coefficients) {
    std::optional<std::size_t> only;
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
        if (coefficients[k] == 0.0) continue;
        if (only || coefficients[k] != 1.0) return std::nullopt;
        only = k;
    }
    return only;
}

/// Copies bytes where a founder has the dtype that is asked for; returns how many elements, from `begin` on.
std::uint64_t copied(const Founders& founders, std::size_t founder, std::uint64_t begin, std::uint64_t count,
                     DType dtype, std::byte* out) {
    const auto& segment = founders.segmentAt(founder, begin);
    if (segment.dtype != dtype) return 0;
    const auto offset = begin - segment.begin;
    const auto number = std::min(count, segment.count - offset);
    std::memcpy(out, segment.bytes + offset * sizeOf(dtype), number * sizeOf(dtype));
    return number;
}

}  // namespace

void materializeRange(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::span<float> out) {
    forEachSpan(recipe, begin, begin + out.size(),
                [&](std::span<const double> coefficients, std::uint64_t at, std::uint64_t count) {
                    for (std::uint64_t done = 0; done < count; done += kPiece)
                        mix(coefficients, founders, at + done,
                            out.subspan(at + done - begin, std::min<std::uint64_t>(kPiece, count - done)));
                });
}

void materializeAs(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::uint64_t count,
                   DType dtype, std::byte* out) {
    const auto size = sizeOf(dtype);
    std::array<float, kPiece> sums;
    forEachSpan(recipe, begin, begin + count,
                [&](std::span<const double> coefficients, std::uint64_t at, std::uint64_t number) {
                    const auto only = onlyFounder(coefficients);
                    for (const auto end = at + number; at < end;) {
                        auto* const to = out + (at - begin) * size;
                        auto made = only ? copied(founders, *only, at, end - at, dtype, to) : 0;
                        if (made == 0) {
                            made = std::min<std::uint64_t>(kPiece, end - at);
                            const auto piece = std::span(sums).first(made);
                            mix(coefficients, founders, at, piece);
                            fromFloats(dtype, piece, to);
                        }
                        at += made;
                    }
                });
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
