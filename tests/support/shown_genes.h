#pragma once

#include "core/checkpoint/layout.h"
#include "core/genes/genes.h"

#include <QMetaType>

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::test {

/// Numbers of genes or of elements, by name.
using Elements = std::map<std::string, std::uint64_t>;

/// Genes by the last word of their groups' names; those without one under "".
inline Elements sortsOf(const Genes& genes) {
    Elements sorts;
    for (const auto& [name, count] : genes.groups()) {
        const auto space = name.rfind(' ');
        sorts[space == name.npos ? "" : name.substr(space + 1)] += count;
    }
    return sorts;
}

/// Looks at every element.
inline bool partitions(const Genes& genes, const Layout& layout) {
    if (genes.length() != layout.length()) return false;
    std::vector<std::uint64_t> sizes(genes.size()), stretches(genes.size());
    for (std::uint64_t element = 0; element < genes.length(); ++element) ++sizes.at(genes.at(element));
    std::uint64_t next = 0;
    bool isRight = true;
    genes.forEachStretch(0, genes.length(), [&](auto gene, auto begin, auto count) {
        isRight = isRight && begin == next && genes.at(begin) == gene && genes.at(begin + count - 1) == gene;
        next = begin + count;
        stretches.at(gene) += count;
    });
    for (std::uint64_t gene = 0; gene < genes.size(); ++gene)
        isRight = isRight && sizes[gene] > 0 && sizes[gene] == genes.elementsOf(gene);
    return isRight && next == genes.length() && sizes == stretches;
}

inline std::uint64_t positionOf(const Layout& layout, std::string_view name, std::uint64_t row,
                                std::uint64_t column = 0) {
    const auto tensor = std::ranges::find(layout.tensors, name, &Layout::Tensor::name);
    if (tensor == layout.tensors.end()) throw std::runtime_error("no tensor " + std::string(name));
    const auto width = tensor->shape.size() > 1 ? static_cast<std::uint64_t>(tensor->shape[1]) : 1;
    return tensor->begin + row * width + column;
}

/// Elements of a gene by tensor.
inline Elements tensorsOf(std::uint64_t gene, const Genes& genes, const Layout& layout) {
    Elements tensors;
    for (const auto& tensor : layout.tensors)
        genes.forEachStretch(tensor.begin, tensor.count, [&](auto of, auto, auto count) {
            if (of == gene) tensors[tensor.name] += count;
        });
    return tensors;
}

}  // namespace mergarium::test

Q_DECLARE_METATYPE(mergarium::test::Elements)
