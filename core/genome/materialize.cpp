#include "core/genome/materialize.h"

#include "core/founders/founder_window.h"
#include "core/genome/accumulate.h"
#include "core/parallel/parallel_for.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

/// Sums accumulated at a time: they stay in the first-level cache while founder after founder is added.
constexpr std::size_t kSumsAtATime = 2048;
constexpr std::uint64_t kPerTask = 1 << 16;
/// Fewer neighbours of one gene are mixed together with those around them, with a coefficient for each element.
constexpr std::uint64_t kWorthAStretch = 32;

/// How the founders that a window shows are weighed.
struct Weights {
    /// One per founder, the same for all elements.
    std::span<const float> same;
    /// Of each founder one per element of the window; empty: `same` counts.
    std::vector<std::span<const float>> each = {};
    /// What sums of these begin with: -0, which leaves the first product as it is, or 0 where nobody contributes.
    std::span<const float> begin = {};
};

void append(const Recipe& recipe, std::size_t span, std::vector<std::size_t>& involved, std::vector<float>& weights) {
    const auto all = recipe.of(span);
    for (std::size_t k = 0; k < all.size(); ++k) {
        if (all[k] == 0.0) continue;
        involved.push_back(k);
        weights.push_back(static_cast<float>(all[k]));
    }
}

/// The span that each locus lies in, where one asks for neighbours mostly.
class SpanCursor {
public:
    explicit SpanCursor(const Recipe& recipe) : recipe_(recipe) {}
    std::size_t at(std::uint64_t locus) {
        const bool here = locus >= recipe_.begin(span_) && locus < recipe_.ends[span_];
        const bool next =
            !here && span_ + 1 < recipe_.spans() && locus >= recipe_.ends[span_] && locus < recipe_.ends[span_ + 1];
        if (next) ++span_;
        if (!here && !next)
            span_ = static_cast<std::size_t>(std::ranges::upper_bound(recipe_.ends, locus) - recipe_.ends.begin());
        return span_;
    }

private:
    const Recipe& recipe_;
    std::size_t span_ = 0;
};

/// Calls `visit(span, begin, count)` for every stretch of [begin, end) within one span.
template <typename Visit>
void forEachSpan(const Recipe& recipe, std::uint64_t begin, std::uint64_t end, Visit&& visit) {
    auto span = static_cast<std::size_t>(std::ranges::upper_bound(recipe.ends, begin) - recipe.ends.begin());
    for (; begin < end; ++span) {
        const auto until = std::min(end, recipe.ends[span]);
        visit(span, begin, until - begin);
        begin = until;
    }
}

/// The same for what lies in one part, with genes: neighbours of one span are one stretch.
template <typename Visit>
void forEachStretch(const Recipe& recipe, const Genes::Part& part, std::uint64_t begin, std::uint64_t end,
                    Visit&& visit) {
    SpanCursor cursor(recipe);
    const auto spanAt = [&](std::uint64_t position) {
        return cursor.at(part.genes[(position - part.begin) / part.inner % part.extent]);
    };
    const auto endOf = [&](std::uint64_t position) {
        return std::min(end, position + part.inner - (position - part.begin) % part.inner);
    };
    while (begin < end) {
        const auto span = spanAt(begin);
        auto until = endOf(begin);
        while (until < end && spanAt(until) == span) until = endOf(until);
        visit(span, begin, until - begin);
        begin = until;
    }
}

/// Sums a piece of a window in fp32, founder by founder.
void mix(const FounderWindow& window, const Weights& weights, std::uint64_t offset, std::span<float> sums) {
    if (!weights.begin.empty()) {
        std::ranges::copy(weights.begin.subspan(offset, sums.size()), sums.begin());
        for (std::size_t i = 0; i < weights.each.size(); ++i)
            addScaled(window.dtype(i), window.bytes(i, offset), weights.each[i].subspan(offset, sums.size()), sums);
        return;
    }
    const auto coefficients = weights.same;
    if (coefficients.empty()) {
        std::ranges::fill(sums, 0.0f);
        return;
    }
    scaleInto(window.dtype(0), window.bytes(0, offset), coefficients[0], sums);
    for (std::size_t i = 1; i < coefficients.size(); ++i)
        addScaled(window.dtype(i), window.bytes(i, offset), coefficients[i], sums);
}

/// Shows the positions [begin, begin + count) window by window; calls `visit(begin, count, offset)` for each, where
/// `offset` is how far it lies behind the first.
template <typename Visit>
void showAll(FounderWindow& window, std::span<const std::size_t> involved, std::uint64_t begin, std::uint64_t count,
             Visit&& visit) {
    for (std::uint64_t offset = 0; offset < count;) {
        const auto shown = window.show(involved, begin + offset, count - offset);
        visit(begin + offset, shown, offset);
        offset += shown;
    }
}

/// What a row of a part is mixed of, where each of its indexes has few elements beside each other.
class RowWeights {
public:
    RowWeights(const Recipe& recipe, const Genes::Part& part) : row_(part.extent * part.inner), begin_(row_, 0.0f) {
        std::vector<std::vector<float>> all(recipe.founders);
        SpanCursor cursor(recipe);
        for (std::uint64_t index = 0; index < part.extent; ++index) {
            const auto coefficients = recipe.of(cursor.at(part.genes[index]));
            for (std::size_t k = 0; k < recipe.founders; ++k) {
                if (coefficients[k] == 0.0) continue;
                if (all[k].empty()) all[k].resize(row_);
                const auto place = static_cast<std::ptrdiff_t>(index * part.inner);
                std::fill_n(all[k].begin() + place, part.inner, static_cast<float>(coefficients[k]));
                std::fill_n(begin_.begin() + place, part.inner, -0.0f);
            }
        }
        for (std::size_t k = 0; k < recipe.founders; ++k) {
            if (all[k].empty()) continue;
            involved_.push_back(k);
            weights_.push_back(std::move(all[k]));
        }
    }

    /// Calls `visit(window, weights, begin, count)` for windows of [begin, end), which lie `offset` behind the part's
    /// beginning.
    template <typename Visit>
    void mix(FounderWindow& window, std::uint64_t begin, std::uint64_t end, std::uint64_t offset, Visit&& visit) const {
        while (begin < end) {
            const auto inRow = offset % row_;
            const auto count = std::min(end - begin, row_ - inRow);
            showAll(window, involved_, begin, count, [&](std::uint64_t at, std::uint64_t shown, std::uint64_t behind) {
                Weights weights{.same = {}, .begin = std::span(begin_).subspan(inRow + behind, shown)};
                for (const auto& one : weights_) weights.each.push_back(std::span(one).subspan(inRow + behind, shown));
                visit(window, weights, at, shown);
            });
            begin += count;
            offset += count;
        }
    }

private:
    std::uint64_t row_;
    std::vector<float> begin_;
    std::vector<std::size_t> involved_;
    /// By founder involved, one per element of a row.
    std::vector<std::vector<float>> weights_;
};

/// Calls `visit(window, weights, begin, count)` for one window after the other of [begin, end), with the founders that
/// contribute to it and how they are weighed.
template <typename Visit>
void forEachWindow(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::uint64_t end,
                   Visit&& visit) {
    FounderWindow window(founders);
    std::vector<std::size_t> involved;
    std::vector<float> same;
    const auto mixSpan = [&](std::size_t span, std::uint64_t at, std::uint64_t count) {
        involved.clear();
        same.clear();
        append(recipe, span, involved, same);
        showAll(window, involved, at, count, [&](std::uint64_t place, std::uint64_t shown, std::uint64_t) {
            visit(window, Weights{same}, place, shown);
        });
    };
    if (!recipe.genes) return forEachSpan(recipe, begin, end, mixSpan);

    const auto& parts = recipe.genes->parts();
    auto part = std::prev(std::ranges::upper_bound(parts, begin, {}, &Genes::Part::begin));
    for (; begin < end; ++part) {
        const auto until = std::min(end, part->begin + part->count());
        if (part->inner < kWorthAStretch)
            RowWeights(recipe, *part).mix(window, begin, until, begin - part->begin, visit);
        else
            forEachStretch(recipe, *part, begin, until, mixSpan);
        begin = until;
    }
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
    forEachWindow(recipe, founders, begin, begin + out.size(),
                  [&](const FounderWindow& window, const Weights& weights, std::uint64_t at, std::uint64_t count) {
                      for (std::uint64_t done = 0; done < count; done += kSumsAtATime)
                          mix(window, weights, done,
                              out.subspan(at + done - begin, std::min<std::uint64_t>(kSumsAtATime, count - done)));
                  });
}

void materializeAs(const Recipe& recipe, const Founders& founders, std::uint64_t begin, std::uint64_t count,
                   DType dtype, std::byte* out) {
    const auto size = sizeOf(dtype);
    std::array<float, kSumsAtATime> sums;
    forEachWindow(recipe, founders, begin, begin + count,
                  [&](const FounderWindow& window, const Weights& weights, std::uint64_t at, std::uint64_t number) {
                      auto* const to = out + (at - begin) * size;
                      if (weights.same.size() == 1 && weights.same[0] == 1.0f && window.dtype(0) == dtype) {
                          std::memcpy(to, window.bytes(0), number * size);
                          return;
                      }
                      for (std::uint64_t done = 0; done < number; done += kSumsAtATime) {
                          const auto piece =
                              std::span(sums).first(std::min<std::uint64_t>(kSumsAtATime, number - done));
                          mix(window, weights, done, piece);
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
