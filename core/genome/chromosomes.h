#pragma once

#include "core/checkpoint/layout.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// The most groups of tensors that are crossed over each for itself, "rest" not among them.
constexpr std::size_t kMostChromosomes = 32;
/// What tensors that no pattern names belong to.
constexpr std::string_view kRestChromosome = "rest";

/// A chromosome as people name it: tensors by patterns, in which `*` stands for any characters and `?` for one.
struct ChromosomeRule {
    std::string name;
    std::vector<std::string> patterns;
    bool operator==(const ChromosomeRule&) const = default;
};

/// The parameter vector as chromosomes: groups of tensors with split points and a mixing ratio of their own (Abrantes,
/// Lange, Tang: "Competition and Attraction Improve Model Fusion", GECCO 2025, where attention layers of text-to-image
/// models are crossed over apart from the rest). Each tensor belongs to one of them, and each has an element.
/// Immutable; any thread.
class Chromosomes {
public:
    /// Neighbouring elements of one chromosome; neighbouring stretches belong to different ones.
    struct Stretch {
        /// Exclusive; the first stretch begins at 0.
        std::uint64_t end = 0;
        std::size_t chromosome = 0;
        bool operator==(const Stretch&) const = default;
    };

    /// Of rules the first that names a tensor has it; what none names is one more chromosome, `rest`, and so is what a
    /// rule of that name without patterns leaves open. Throws std::runtime_error with one sentence for a pattern that
    /// matches no tensor, and for a chromosome to which none is left.
    Chromosomes(std::span<const ChromosomeRule> rules, const Layout& layout);

    std::size_t size() const { return names_.size(); }
    const std::vector<std::string>& names() const { return names_; }
    /// Ascending to the end of the vector.
    const std::vector<Stretch>& stretches() const { return stretches_; }
    /// Number of elements, at least 1.
    std::uint64_t length(std::size_t chromosome) const { return lengths_[chromosome]; }
    /// Which element of the vector the chromosome's element `index`, below its length, is.
    std::uint64_t positionOf(std::size_t chromosome, std::uint64_t index) const;
    /// How many of the chromosome's elements lie before a position of the vector.
    std::uint64_t elementsBefore(std::size_t chromosome, std::uint64_t position) const;
    std::size_t chromosomeAt(std::uint64_t position) const;

    bool operator==(const Chromosomes&) const = default;

private:
    /// A stretch as its chromosome sees it.
    struct Part {
        /// Elements of the chromosome before it.
        std::uint64_t first = 0;
        std::uint64_t begin = 0;
        bool operator==(const Part&) const = default;
    };

    std::vector<std::string> names_;
    std::vector<Stretch> stretches_;
    std::vector<std::uint64_t> lengths_;
    /// By chromosome, ascending.
    std::vector<std::vector<Part>> parts_;
};

using ChromosomesPtr = std::shared_ptr<const Chromosomes>;

/// Null where there are no rules: the whole vector is one.
ChromosomesPtr chromosomesOf(std::span<const ChromosomeRule> rules, const Layout& layout);

}  // namespace mergarium
