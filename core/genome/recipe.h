#pragma once

#include "core/genes/genes.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// A model as a combination of its founders: the parameter vector, or its genes in order, cut into spans, and on each
/// span one coefficient per founder, theta = sum_k c_k * founder_k. Every child of SLERP or LERP is one (merging is
/// linear in the parents once its angle is known), so kilobytes describe a model of any size completely. A plain value;
/// any thread.
struct Recipe {
    /// K: those that its ancestors came from, and all before them. Recipes of one run may have fewer than others:
    /// founders that joined later have no part in them.
    std::size_t founders = 0;
    /// Where each span ends, exclusive, ascending; the first span begins at 0. These are elements of the parameter
    /// vector, of which the last ends at D; with genes they are genes.
    std::vector<std::uint64_t> ends;
    /// spans x K, span by span.
    std::vector<double> coefficients;
    /// Null: spans are of elements.
    GenesPtr genes = nullptr;

    std::size_t spans() const { return ends.size(); }
    /// What spans count: elements, or genes.
    std::uint64_t loci() const { return ends.empty() ? 0 : ends.back(); }
    /// D.
    std::uint64_t length() const { return genes ? genes->length() : loci(); }
    std::uint64_t begin(std::size_t span) const { return span == 0 ? 0 : ends[span - 1]; }
    std::span<const double> of(std::size_t span) const {
        return std::span(coefficients).subspan(span * founders, founders);
    }
    /// Of genes what they are counts, not the object.
    bool operator==(const Recipe& other) const;
};

/// The recipe of founder `founder` (0-based) of a run that began with `founders` of them, itself: one span. Of one that
/// joined later it is over those that were there when it did. `length`: D.
Recipe founderRecipe(std::size_t founder, std::size_t founders, std::uint64_t length, GenesPtr genes = nullptr);

/// Appends a span that ends at `end`; grows the last one instead where the coefficients are equal to the bit.
void appendSpan(Recipe& recipe, std::uint64_t end, std::span<const double> coefficients);

/// The same model over more founders.
Recipe widened(const Recipe& recipe, std::size_t founders);

/// Little-endian: K, number of spans, ends, coefficients; not the genes. `unpackRecipe` throws std::runtime_error when
/// the bytes are not a recipe, or, where it is given any, not one over these genes.
std::vector<std::byte> packRecipe(const Recipe& recipe);
Recipe unpackRecipe(std::span<const std::byte> bytes, GenesPtr genes = nullptr);

}  // namespace mergarium
