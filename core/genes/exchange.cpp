#include "core/genes/exchange.h"

#include <algorithm>
#include <stdexcept>

namespace mergarium {

std::vector<std::uint32_t> sourcesOf(const UnitSlice& slice, std::span<const std::uint32_t> from) {
    std::vector<std::vector<std::uint32_t>> indexes(from.size());
    for (std::uint32_t index = 0; index < slice.units.size(); ++index) indexes.at(slice.units[index]).push_back(index);
    std::vector<std::uint32_t> sources(slice.units.size());
    for (std::size_t unit = 0; unit < from.size(); ++unit) {
        const auto& to = indexes[unit];
        const auto& of = indexes.at(from[unit]);
        if (of.size() != to.size()) throw std::invalid_argument("Units of different sizes can't change places.");
        for (std::size_t one = 0; one < to.size(); ++one) sources[to[one]] = of[one];
    }
    return sources;
}

void exchange(const Layout& layout, const UnitGroup& group, std::span<const std::uint32_t> from,
              std::span<float> parameters) {
    for (const auto* slices : {&group.slices, &group.followers})
        for (const auto& slice : *slices) {
            const auto tensor = std::ranges::find(layout.tensors, slice.tensor, &Layout::Tensor::name);
            if (tensor == layout.tensors.end()) continue;
            const auto sources = sourcesOf(slice, from);
            const auto values = parameters.subspan(tensor->begin, tensor->count);
            const std::vector<float> before(values.begin(), values.end());
            const auto end = tensor->shape.begin() + static_cast<std::ptrdiff_t>(slice.dimension);
            const auto outer = elementsOf({tensor->shape.begin(), end});
            const auto inner = elementsOf({end + 1, tensor->shape.end()});
            for (std::uint64_t row = 0; row < outer; ++row)
                for (std::uint64_t index = 0; index < sources.size(); ++index)
                    std::ranges::copy_n(
                        before.begin() + static_cast<std::ptrdiff_t>((row * sources.size() + sources[index]) * inner),
                        static_cast<std::ptrdiff_t>(inner),
                        values.begin() + static_cast<std::ptrdiff_t>((row * sources.size() + index) * inner));
        }
}

}  // namespace mergarium
