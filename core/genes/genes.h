#pragma once

#include "core/checkpoint/layout.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mergarium {

/// What children inherit whole.
enum class GeneKind : std::uint8_t {
    /// Every parameter for itself: the paper's.
    Elements,
    /// Parameters that act together: a hidden unit with its incoming weights, bias and outgoing weights, an attention
    /// head, a token's embedding.
    Units,
    Tensors,
    Layers,
};
constexpr GeneKind kGeneKinds[] = {GeneKind::Elements, GeneKind::Units, GeneKind::Tensors, GeneKind::Layers};
std::string_view nameOf(GeneKind kind);

/// The most genes, and the most that tensors' divided dimensions may come to in all.
constexpr std::uint64_t kMostGenes = std::uint64_t{1} << 25;

/// The parameter vector as genes, which a child inherits whole: each element belongs to one of them, and each gene has
/// an element. Genes are numbered in depth order; split points then count genes. Immutable; any thread.
class Genes {
public:
    /// A tensor as an array [outer, extent, inner], whose middle dimension genes divide among them.
    struct Part {
        /// In the parameter vector.
        std::uint64_t begin = 0;
        std::uint64_t outer = 1, extent = 1, inner = 1;
        /// Which gene each index of the middle dimension belongs to.
        std::vector<std::uint32_t> genes;

        std::uint64_t count() const { return outer * extent * inner; }
        bool operator==(const Part&) const = default;
    };
    /// Neighbouring genes of one sort.
    struct Group {
        /// "model.layers.3.mlp units"
        std::string name;
        /// How many; groups follow one another.
        std::uint64_t count = 0;
        bool operator==(const Group&) const = default;
    };

    /// Throws std::invalid_argument where the parts don't tile a vector, or a gene has no element.
    Genes(std::vector<Part> parts, std::vector<Group> groups);

    /// How many there are.
    std::uint64_t size() const { return sizes_.size(); }
    /// D, the number of elements.
    std::uint64_t length() const { return length_; }
    /// Ascending, end to end.
    const std::vector<Part>& parts() const { return parts_; }
    const std::vector<Group>& groups() const { return groups_; }
    /// Number of elements of a gene.
    std::uint64_t elementsOf(std::uint64_t gene) const { return sizes_[gene]; }
    /// Which gene an element belongs to.
    std::uint64_t at(std::uint64_t element) const;

    /// Calls `visit(gene, begin, count)` for the stretches of elements of one gene each that make up
    /// [begin, begin + count).
    void forEachStretch(
        std::uint64_t begin, std::uint64_t count,
        const std::function<void(std::uint64_t gene, std::uint64_t begin, std::uint64_t count)>& visit) const;

    bool operator==(const Genes&) const = default;

private:
    std::vector<Part> parts_;
    std::vector<Group> groups_;
    std::vector<std::uint64_t> sizes_;
    std::uint64_t length_ = 0;
};

using GenesPtr = std::shared_ptr<const Genes>;

/// The groups as a layout whose elements are genes: what can be shown of a vector can be shown of genes.
Layout layoutOf(std::span<const Genes::Group> groups);

/// Divides a layout's tensors among genes, tensor by tensor. Those that nobody divides are a gene each.
class GeneBuilder {
public:
    /// Kept by reference.
    explicit GeneBuilder(const Layout& layout);

    /// Opens `count` >= 1 new genes and returns the number of the first, by which cut() knows them. In the end, groups
    /// are ordered by the first tensor that they have a part of, and within that by when they were opened.
    std::uint32_t open(std::string name, std::uint64_t count);
    /// Index i of a tensor's dimension `dimension` (from 0) belongs to gene genes[i]; genes has the dimension's extent.
    /// Throws std::logic_error where the tensor was cut before. Of a tensor that the layout hasn't: returns false.
    bool cut(std::string_view tensor, std::size_t dimension, std::vector<std::uint32_t> genes);
    /// The whole tensor belongs to a gene. Else as cut().
    bool give(std::string_view tensor, std::uint32_t gene);
    /// Whether the tensor is there and nobody has cut it yet.
    bool isOpen(std::string_view tensor) const;
    /// Groups of which nothing was cut are left out. Throws std::runtime_error where there are more than kMostGenes.
    GenesPtr build() &&;

private:
    struct Opened {
        Genes::Group group;
        std::uint32_t first = 0;
    };
    Genes::Part* take(std::string_view tensor);

    const Layout& layout_;
    std::unordered_map<std::string_view, std::size_t> places_;
    /// Like the layout's tensors.
    std::vector<Genes::Part> parts_;
    std::vector<bool> isCut_;
    std::vector<Opened> opened_;
    std::uint32_t genes_ = 0;
};

/// A gene per tensor, or per layer (core/checkpoint/layers.h).
GenesPtr tensorGenes(const Layout& layout);
GenesPtr layerGenes(const Layout& layout);

}  // namespace mergarium
