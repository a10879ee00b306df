#pragma once

#include "core/genome/genome.h"
#include "core/genome/gram.h"
#include "core/genome/mixed_spans.h"

#include <optional>
#include <span>
#include <vector>

namespace mergarium {

/// A model as a recipe over its founders. Keeps the Gram sums at the ends of its spans, so that breeding needs no pass
/// over parameters; with genes the founders' Gram has them all.
class RecipeGenome final : public Genome {
public:
    /// Throws std::runtime_error when the recipe is not one over these founders, or the first of them.
    RecipeGenome(Recipe recipe, GramPtr gram);
    /// For viewing, where the founders are not at hand: it can't be materialised.
    explicit RecipeGenome(Recipe recipe) : recipe_(std::move(recipe)) {}

    std::uint64_t length() const override { return recipe_.length(); }
    /// Throws std::runtime_error without founders.
    void materialize(std::span<float> parameters) const override;
    void materializeAs(DType dtype, std::byte* out) const override;
    std::size_t memory() const override;
    const Recipe* recipe() const override { return &recipe_; }
    std::vector<std::byte> pack() const override { return packRecipe(recipe_); }

    /// G at the end of a span, `Gram::entries()` values, into `out`.
    void gramAtEnd(std::size_t span, std::span<double> out) const;

private:
    friend class RecipeBreeding;
    RecipeGenome() = default;
    /// Throws std::runtime_error where they are not at hand.
    const Founders& founders() const;

    Recipe recipe_;
    GramPtr gram_;
    /// None with genes.
    std::vector<double> gramAtEnds_;
};

/// Breeds recipes: a walk over both parents' spans, whatever the size of the models. One partial block is read for
/// every new split point, and nothing else of the founders.
class RecipeBreeding final : public Breeding {
public:
    explicit RecipeBreeding(GramPtr gram);

    /// Both parents must be recipes over the same founders; a splice with mutation throws std::invalid_argument.
    GenomePtr breed(const Genome& first, const Genome& second, const Splice& splice) const override;
    std::vector<MixedSpan> mix(const Genome& first, const Genome& second, const Splice& splice) const override;
    /// In no more memory than it needs.
    GenomePtr keep(GenomePtr child) const override;
    GenomePtr unpack(std::span<const std::byte> bytes) const override;

private:
    class ParentGrams;

    GramPtr gram_;
    /// With genes the last of them alone.
    std::vector<std::uint64_t> tensorEnds_;
};

/// The child of two recipes, on the spans that `mixedSpans` computed; the last ends where both recipes do.
Recipe combine(const Recipe& first, const Recipe& second, std::span<const MixedSpan> spans);

/// Where each tensor of a layout ends, ascending.
std::vector<std::uint64_t> tensorEndsOf(const Layout& layout);

}  // namespace mergarium
