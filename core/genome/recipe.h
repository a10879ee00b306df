#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// A model as a combination of its founders: the parameter vector cut into spans, and on each span one coefficient
/// per founder, theta = sum_k c_k * founder_k. Every child of SLERP or LERP is one (merging is linear in the parents
/// once its angle is known), so kilobytes describe a model of any size completely. A plain value; any thread.
struct Recipe {
    /// K: those that its ancestors came from, and all before them. Recipes of one run may have fewer than others:
    /// founders that joined later have no part in them.
    std::size_t founders = 0;
    /// Where each span ends, exclusive, ascending; the last is D. The first span begins at 0.
    std::vector<std::uint64_t> ends;
    /// spans x K, span by span.
    std::vector<double> coefficients;

    std::size_t spans() const { return ends.size(); }
    std::uint64_t length() const { return ends.empty() ? 0 : ends.back(); }
    std::uint64_t begin(std::size_t span) const { return span == 0 ? 0 : ends[span - 1]; }
    std::span<const double> of(std::size_t span) const {
        return std::span(coefficients).subspan(span * founders, founders);
    }
    bool operator==(const Recipe&) const = default;
};

/// The recipe of founder `founder` (0-based) of a run that began with `founders` of them, itself: one span. Of one that
/// joined later it is over those that were there when it did.
Recipe founderRecipe(std::size_t founder, std::size_t founders, std::uint64_t length);

/// Appends a span that ends at `end`; grows the last one instead where the coefficients are equal to the bit.
void appendSpan(Recipe& recipe, std::uint64_t end, std::span<const double> coefficients);

/// The same model over more founders.
Recipe widened(const Recipe& recipe, std::size_t founders);

/// Little-endian: K, number of spans, ends, coefficients. `unpackRecipe` throws std::runtime_error when the bytes are
/// not a recipe.
std::vector<std::byte> packRecipe(const Recipe& recipe);
Recipe unpackRecipe(std::span<const std::byte> bytes);

}  // namespace mergarium
