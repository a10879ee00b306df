#include "core/genes/genes.h"

#include "core/checkpoint/layers.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace mergarium {

std::string_view nameOf(GeneKind kind) {
    switch (kind) {
        case GeneKind::Elements: return "elements";
        case GeneKind::Units: return "units";
        case GeneKind::Tensors: return "tensors";
        case GeneKind::Layers: return "layers";
    }
    return "unknown";
}

Genes::Genes(std::vector<Part> parts, std::vector<Group> groups)
    : parts_(std::move(parts)), groups_(std::move(groups)) {
    std::uint64_t count = 0;
    for (const auto& group : groups_) count += group.count;
    if (count > kMostGenes) throw std::invalid_argument("There are too many genes.");
    sizes_.resize(count);
    for (const auto& part : parts_) {
        if (part.begin != length_ || part.genes.size() != part.extent || part.count() == 0)
            throw std::invalid_argument("The genes don't tile the parameter vector.");
        for (const auto gene : part.genes) {
            if (gene >= count) throw std::invalid_argument("A part belongs to a gene that isn't there.");
            sizes_[gene] += part.outer * part.inner;
        }
        length_ += part.count();
    }
    if (std::ranges::find(sizes_, 0) != sizes_.end()) throw std::invalid_argument("A gene has no elements.");
}

std::uint64_t Genes::at(std::uint64_t element) const {
    const auto part = std::prev(std::ranges::upper_bound(parts_, element, {}, &Part::begin));
    return part->genes[(element - part->begin) / part->inner % part->extent];
}

void Genes::forEachStretch(
    std::uint64_t begin, std::uint64_t count,
    const std::function<void(std::uint64_t gene, std::uint64_t begin, std::uint64_t count)>& visit) const {
    const auto end = begin + count;
    auto part = std::prev(std::ranges::upper_bound(parts_, begin, {}, &Part::begin));
    while (begin < end) {
        const auto offset = begin - part->begin;
        const auto gene = part->genes[offset / part->inner % part->extent];
        const auto until = std::min(end, part->begin + (offset / part->inner + 1) * part->inner);
        visit(gene, begin, until - begin);
        begin = until;
        if (begin == part->begin + part->count()) ++part;
    }
}

Layout layoutOf(std::span<const Genes::Group> groups) {
    Layout layout;
    for (const auto& [name, count] : groups) layout.append(name, {static_cast<std::int64_t>(count)});
    return layout;
}

GeneBuilder::GeneBuilder(const Layout& layout) : layout_(layout), isCut_(layout.tensors.size()) {
    for (const auto& tensor : layout.tensors) {
        places_[tensor.name] = parts_.size();
        parts_.push_back({.begin = tensor.begin, .outer = 1, .extent = 1, .inner = tensor.count, .genes = {}});
    }
}

std::uint32_t GeneBuilder::open(std::string name, std::uint64_t count) {
    if (count == 0 || count > std::numeric_limits<std::uint32_t>::max() - genes_)
        throw std::invalid_argument("There are too many genes, or none in a group.");
    opened_.push_back({{std::move(name), count}, genes_});
    genes_ += static_cast<std::uint32_t>(count);
    return opened_.back().first;
}

bool GeneBuilder::isOpen(std::string_view tensor) const {
    const auto found = places_.find(tensor);
    return found != places_.end() && !isCut_[found->second];
}

Genes::Part* GeneBuilder::take(std::string_view tensor) {
    const auto found = places_.find(tensor);
    if (found == places_.end()) return nullptr;
    if (isCut_[found->second]) throw std::logic_error("A tensor is divided among genes twice.");
    isCut_[found->second] = true;
    return &parts_[found->second];
}

bool GeneBuilder::cut(std::string_view tensor, std::size_t dimension, std::vector<std::uint32_t> genes) {
    auto* const part = take(tensor);
    if (!part) return false;
    const auto& shape = layout_.tensors[places_.at(tensor)].shape;
    if (dimension >= shape.size() || genes.size() != static_cast<std::uint64_t>(shape[dimension]))
        throw std::logic_error("A tensor is divided among genes along what it doesn't have.");
    part->outer = elementsOf({shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(dimension)});
    part->extent = genes.size();
    part->inner = elementsOf({shape.begin() + static_cast<std::ptrdiff_t>(dimension) + 1, shape.end()});
    part->genes = std::move(genes);
    return true;
}

bool GeneBuilder::give(std::string_view tensor, std::uint32_t gene) {
    auto* const part = take(tensor);
    if (part) part->genes = {gene};
    return part != nullptr;
}

GenesPtr GeneBuilder::build() && {
    std::uint64_t divided = 0;
    for (const auto& part : parts_) divided += part.genes.size();
    if (std::max<std::uint64_t>(divided, genes_) + layout_.tensors.size() > kMostGenes)
        throw std::runtime_error("strategy.genes: the models have too many units; use tensors, layers or elements.");
    for (const auto& tensor : layout_.tensors)
        if (isOpen(tensor.name)) give(tensor.name, open(tensor.name, 1));
    // What has no elements has no part in a gene.
    std::erase_if(parts_, [](const Genes::Part& part) { return part.count() == 0; });

    // Where each gene first stands.
    constexpr auto kNowhere = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> firstPart(genes_, kNowhere);
    for (std::size_t index = parts_.size(); index-- > 0;)
        for (const auto gene : parts_[index].genes) firstPart[gene] = index;
    std::vector<std::pair<std::size_t, std::size_t>> order;
    for (std::size_t one = 0; one < opened_.size(); ++one) {
        const auto of = std::span(firstPart).subspan(opened_[one].first, opened_[one].group.count);
        const auto first = std::ranges::min(of);
        if (first != kNowhere) order.emplace_back(first, one);
    }
    std::ranges::sort(order);

    std::vector<std::uint32_t> numbers(genes_);
    std::vector<Genes::Group> groups;
    std::uint32_t next = 0;
    for (const auto& [first, one] : order) {
        auto& [group, begin] = opened_[one];
        std::iota(numbers.begin() + begin, numbers.begin() + begin + static_cast<std::ptrdiff_t>(group.count), next);
        next += static_cast<std::uint32_t>(group.count);
        groups.push_back(std::move(group));
    }
    for (auto& part : parts_)
        for (auto& gene : part.genes) gene = numbers[gene];
    return std::make_shared<const Genes>(std::move(parts_), std::move(groups));
}

GenesPtr tensorGenes(const Layout& layout) { return GeneBuilder(layout).build(); }

GenesPtr layerGenes(const Layout& layout) {
    GeneBuilder builder(layout);
    for (const auto& layer : layersOf(layout)) {
        if (layer.begin == layer.end) continue;
        const auto gene = builder.open(layer.name, 1);
        for (auto index = layer.firstTensor; index < layer.endTensor; ++index)
            builder.give(layout.tensors[index].name, gene);
    }
    return std::move(builder).build();
}

}  // namespace mergarium
